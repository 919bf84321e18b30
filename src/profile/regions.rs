//! The AWS regions: what people call them, where they are, and which must be switched on first.

use super::question::Fault;

/// One AWS region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownRegion {
    /// Its code.
    pub code: &'static str,
    /// The place that people know it by, and its country.
    pub place: &'static str,
    /// Degrees north of the equator, roughly.
    pub latitude: f64,
    /// Degrees east of Greenwich, roughly.
    pub longitude: f64,
    /// Whether an account must switch it on first (aws-facts.md C).
    pub opt_in: bool,
}

/// Every region that a bucket can be in (aws-facts.md C), by code.
pub const REGIONS: &[KnownRegion] = &[
    opt_in("af-south-1", "Cape Town, South Africa", -33.9, 18.4),
    opt_in("ap-east-1", "Hong Kong", 22.3, 114.2),
    opt_in("ap-east-2", "Taipei, Taiwan", 25.0, 121.6),
    open("ap-northeast-1", "Tokyo, Japan", 35.7, 139.7),
    open("ap-northeast-2", "Seoul, South Korea", 37.6, 127.0),
    open("ap-northeast-3", "Osaka, Japan", 34.7, 135.5),
    open("ap-south-1", "Mumbai, India", 19.1, 72.9),
    opt_in("ap-south-2", "Hyderabad, India", 17.4, 78.5),
    open("ap-southeast-1", "Singapore", 1.4, 103.8),
    open("ap-southeast-2", "Sydney, Australia", -33.9, 151.2),
    opt_in("ap-southeast-3", "Jakarta, Indonesia", -6.2, 106.8),
    opt_in("ap-southeast-4", "Melbourne, Australia", -37.8, 145.0),
    opt_in("ap-southeast-5", "Kuala Lumpur, Malaysia", 3.1, 101.7),
    opt_in("ap-southeast-6", "Auckland, New Zealand", -36.8, 174.8),
    opt_in("ap-southeast-7", "Bangkok, Thailand", 13.8, 100.5),
    open("ca-central-1", "Montreal, Canada", 45.5, -73.6),
    opt_in("ca-west-1", "Calgary, Canada", 51.0, -114.1),
    open("eu-central-1", "Frankfurt, Germany", 50.1, 8.7),
    opt_in("eu-central-2", "Zurich, Switzerland", 47.4, 8.5),
    open("eu-north-1", "Stockholm, Sweden", 59.3, 18.1),
    opt_in("eu-south-1", "Milan, Italy", 45.5, 9.2),
    opt_in("eu-south-2", "Aragon, Spain", 41.6, -0.9),
    open("eu-west-1", "Dublin, Ireland", 53.3, -6.3),
    open("eu-west-2", "London, United Kingdom", 51.5, -0.1),
    open("eu-west-3", "Paris, France", 48.9, 2.3),
    opt_in("il-central-1", "Tel Aviv, Israel", 32.1, 34.8),
    opt_in("me-central-1", "Dubai, UAE", 25.2, 55.3),
    opt_in("me-south-1", "Manama, Bahrain", 26.2, 50.6),
    opt_in("mx-central-1", "Querétaro, Mexico", 20.6, -100.4),
    open("sa-east-1", "São Paulo, Brazil", -23.6, -46.6),
    open("us-east-1", "Northern Virginia, USA", 39.0, -77.5),
    open("us-east-2", "Ohio, USA", 40.0, -83.0),
    open("us-west-1", "Northern California, USA", 37.4, -122.0),
    open("us-west-2", "Oregon, USA", 45.8, -119.7),
];

const fn open(code: &'static str, place: &'static str, latitude: f64, longitude: f64) -> KnownRegion {
    KnownRegion { code, place, latitude, longitude, opt_in: false }
}

const fn opt_in(code: &'static str, place: &'static str, latitude: f64, longitude: f64) -> KnownRegion {
    KnownRegion { code, place, latitude, longitude, opt_in: true }
}

/// The region with this code.
pub fn region(code: &str) -> Option<&'static KnownRegion> {
    REGIONS.iter().find(|region| region.code == code)
}

/// The other regions that every account has, the nearest first: where a backup is best kept.
pub fn neighbours(of: &KnownRegion) -> Vec<&'static KnownRegion> {
    let mut others: Vec<_> =
        REGIONS.iter().filter(|region| region.code != of.code && !region.opt_in).collect();
    others.sort_by(|a, b| of.kilometres_to(a).total_cmp(&of.kilometres_to(b)));
    others
}

impl KnownRegion {
    /// The distance along the surface of the earth.
    pub fn kilometres_to(&self, other: &KnownRegion) -> f64 {
        const EARTH_RADIUS: f64 = 6_371.0;
        let (north, other_north) = (self.latitude.to_radians(), other.latitude.to_radians());
        let east = (other.longitude - self.longitude).to_radians();
        let haversine = ((other_north - north) / 2.0).sin().powi(2)
            + north.cos() * other_north.cos() * (east / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS * haversine.sqrt().min(1.0).asin()
    }
}

/// Whether this is the code of a region; if not, the one that was probably meant.
pub fn check_region(code: &str) -> Result<(), Fault> {
    if region(code).is_some() {
        return Ok(());
    }
    let lower = code.to_lowercase();
    let is_in = |region: &&KnownRegion| region.place.to_lowercase().split(", ").any(|name| name == lower);
    let by_place = REGIONS.iter().find(is_in);
    let codes = REGIONS.iter().map(|region| region.code);
    let meant = by_place.map(|region| region.code).or_else(|| super::nearest::nearest(&lower, codes));
    let meant =
        meant.and_then(region).map(|region| format!("did you mean `{}` ({})?", region.code, region.place));
    let help = meant.unwrap_or_else(|| "write a region's code, such as `eu-west-1` or `us-east-1`".into());
    Err(Fault::new(format!("there is no AWS region `{code}`")).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_neighbour_comes_first() {
        let dublin = region("eu-west-1").unwrap();
        assert_eq!(neighbours(dublin)[0].code, "eu-west-2");
        let tokyo = region("ap-northeast-1").unwrap();
        assert_eq!(neighbours(tokyo)[0].code, "ap-northeast-3");
    }

    #[test]
    fn distances_are_about_right() {
        let kilometres = region("eu-west-1").unwrap().kilometres_to(region("us-east-1").unwrap());
        assert!((5_000.0..6_000.0).contains(&kilometres), "{kilometres}");
    }

    #[test]
    fn a_place_and_a_slip_are_understood() {
        for (written, meant) in [
            ("frankfurt", "eu-central-1"),
            ("Ireland", "eu-west-1"),
            ("eu-wst-1", "eu-west-1"),
            ("EU-WEST-1", "eu-west-1"),
        ] {
            let help = check_region(written).unwrap_err().help.unwrap();
            assert!(help.contains(meant), "{help}");
        }
    }
}
