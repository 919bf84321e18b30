//! The countries that CloudFront can let in or keep out: ISO 3166-1 alpha-2, in capitals (aws-facts.md B).

use super::question::Fault;

/// Every assigned code.
pub const COUNTRIES: &[&str] = &[
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA",
    "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV",
    "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU",
    "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES",
    "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM",
    "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE",
    "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM",
    "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY",
    "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT",
    "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU",
    "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA",
    "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM",
    "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL",
    "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE",
    "VG", "VI", "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

/// Codes that people write for a country that has another one.
const COMMON_SLIPS: &[(&str, &str)] = &[("UK", "GB"), ("EL", "GR"), ("AN", "CW"), ("YU", "RS")];

/// Whether this is a country's code.
pub fn check_country(code: &str) -> Result<(), Fault> {
    if COUNTRIES.contains(&code) {
        return Ok(());
    }
    let upper = code.to_uppercase();
    let slip = COMMON_SLIPS.iter().find(|(slip, _)| *slip == upper).map(|(_, right)| *right);
    let meant = slip.or_else(|| COUNTRIES.iter().copied().find(|known| *known == upper));
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "write two capital letters of ISO 3166-1, such as `DE` or `US`".into(),
    };
    Err(Fault::new(format!("there is no country `{code}`")).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_in_order() {
        assert_eq!(COUNTRIES.len(), 249);
        assert!(COUNTRIES.is_sorted());
    }

    #[test]
    fn a_slip_is_understood() {
        for (written, meant) in [("UK", "GB"), ("de", "DE")] {
            assert!(check_country(written).unwrap_err().help.unwrap().contains(meant));
        }
    }
}
