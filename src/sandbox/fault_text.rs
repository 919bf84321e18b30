//! Faults as a person writes them: `op=CreateDistribution nth=1 fail=Throttling`.
//!
//! Words that choose calls: `service=`, `op=`, `region=`, `s3-region=` (service s3 and that region), `nth=`
//! (of the calls so chosen), `call=` (of all calls), `times=`, `chance=` with `seed=`. Words that say what
//! happens, exactly one: `fail=CODE` (with `status=`), `throttle`, `delay=MS`, `hang`, `late=MS`, `drop`,
//! `abort`, `outage`. Without `nth`, `call` and `times` every chosen call is met; with `nth` or `call` only that one.

use super::fault::{Begin, Chance, Effect, Fault};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

/// Why a fault can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the fault `{text}` can't be read: {reason}")]
pub struct FaultTextError {
    text: String,
    reason: String,
}

const KNOWN: [&str; 18] = [
    "service",
    "op",
    "region",
    "s3-region",
    "nth",
    "call",
    "times",
    "chance",
    "seed",
    "fail",
    "status",
    "throttle",
    "delay",
    "hang",
    "late",
    "drop",
    "abort",
    "outage",
];

/// Those whose value is a name, which numbers are not.
const NAMING: [&str; 5] = ["service", "op", "region", "s3-region", "fail"];

type Words<'a> = BTreeMap<&'a str, &'a str>;

impl FromStr for Fault {
    type Err = FaultTextError;

    fn from_str(text: &str) -> Result<Self, FaultTextError> {
        read(text).map_err(|reason| FaultTextError { text: text.to_owned(), reason })
    }
}

fn read(text: &str) -> Result<Fault, String> {
    let words: Words =
        text.split_whitespace().map(|word| word.split_once('=').unwrap_or((word, ""))).collect();
    if let Some(unknown) = words.keys().find(|word| !KNOWN.contains(word)) {
        return Err(format!("`{unknown}` is none of {}", KNOWN.join(", ")));
    }
    if let Some(bare) = NAMING.iter().find(|word| words.get(*word) == Some(&"")) {
        return Err(format!("`{bare}` needs a value, as in {bare}=…"));
    }
    let text_of = |key: &str| words.get(key).map(|value| (*value).to_owned());
    let s3_region = text_of("s3-region");
    let counted = words.contains_key("nth") || words.contains_key("call");
    Ok(Fault {
        service: text_of("service").or(s3_region.is_some().then(|| "s3".to_owned())),
        operation: text_of("op"),
        region: text_of("region").or(s3_region),
        begin: match number(&words, "call")? {
            Some(call) => Begin::Overall(call),
            None => Begin::Matching(number(&words, "nth")?.unwrap_or(1)),
        },
        times: number(&words, "times")?.unwrap_or(if counted { 1 } else { u64::MAX }),
        chance: chance(&words)?,
        effect: effect(&words)?,
    })
}

fn chance(words: &Words) -> Result<Option<Chance>, String> {
    let Some(likelihood) = number(words, "chance")? else { return Ok(None) };
    Ok(Some(Chance { likelihood, seed: number(words, "seed")?.unwrap_or(0) }))
}

fn effect(words: &Words) -> Result<Effect, String> {
    let milliseconds = |key| Ok::<_, String>(number(words, key)?.map(Duration::from_millis));
    let fail = |code: &str, status| Effect::Fail { code: code.to_owned(), status };
    let named = |word, effect: Effect| words.contains_key(word).then_some(effect);
    let failing = match words.get("fail") {
        Some(code) => Some(fail(code, number(words, "status")?.unwrap_or_else(|| usual_status(code)))),
        None => None,
    };
    let wishes = [
        failing,
        named("throttle", Effect::Throttle),
        milliseconds("delay")?.map(Effect::Delay),
        named("hang", Effect::Hang),
        milliseconds("late")?.map(Effect::Late),
        named("drop", Effect::Drop),
        named("abort", Effect::Abort),
        named("outage", fail("ServiceUnavailable", 503)),
    ];
    match wishes.into_iter().flatten().collect::<Vec<_>>().as_slice() {
        [effect] => Ok(effect.clone()),
        _ => Err("it needs exactly one of fail=CODE, throttle, delay=MS, hang, late=MS, drop, abort, outage"
            .to_owned()),
    }
}

fn usual_status(code: &str) -> u16 {
    match code {
        "InternalError" | "InternalFailure" | "InternalServerError" | "ServiceException" => 500,
        "ServiceUnavailable" | "SlowDown" => 503,
        "AccessDenied" | "AccessDeniedException" => 403,
        "PreconditionFailed" => 412,
        "OperationAborted" | "ConditionalRequestConflict" => 409,
        _ if code.starts_with("NoSuch") => 404,
        _ => 400,
    }
}

fn number<T: FromStr>(words: &Words, key: &str) -> Result<Option<T>, String> {
    let parse = |value: &&str| value.parse().map_err(|_| format!("`{key}={value}` needs a number"));
    words.get(key).map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use super::super::calls::Calls;
    use super::super::fault::Faults;
    use super::*;

    fn met(faults: &[&str], operations: &[&str]) -> Vec<bool> {
        let faults = Faults::new(faults.iter().map(|text| text.parse().unwrap()).collect());
        let calls = Calls::new();
        operations
            .iter()
            .map(|operation| faults.meet(&calls.begin("s3", operation, "eu-west-1")).is_some())
            .collect()
    }

    #[test]
    fn faults_meet_the_calls_they_choose() {
        assert_eq!(met(&["op=A nth=2 throttle"], &["A", "B", "A", "A"]), [false, false, true, false]);
        assert_eq!(met(&["call=2 times=2 drop"], &["A", "B", "C", "D"]), [false, true, true, false]);
        assert_eq!(met(&["s3-region=eu-west-1 outage"], &["A", "B"]), [true, true]);
        assert_eq!(met(&["s3-region=eu-west-2 outage"], &["A", "B"]), [false, false]);
    }

    #[test]
    fn chance_follows_its_seed() {
        let calls = ["A"; 64];
        let first = met(&["chance=0.5 seed=7 throttle"], &calls);
        assert_eq!(first, met(&["chance=0.5 seed=7 throttle"], &calls));
        assert_ne!(first, met(&["chance=0.5 seed=8 throttle"], &calls));
        assert!((16..48).contains(&first.iter().filter(|met| **met).count()));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let reason = |text: &str| text.parse::<Fault>().unwrap_err().reason;
        assert!(reason("op=A").contains("exactly one"));
        assert!(reason("op=A drop hang").contains("exactly one"));
        assert!(reason("nth=x drop").contains("needs a number"));
        assert!(reason("oops=1 drop").contains("`oops`"));
        assert!(reason("op=A fail").contains("fail=…"));
    }

    #[test]
    fn a_code_has_its_usual_status() {
        let effect = "op=A fail=Throttling".parse::<Fault>().unwrap().effect;
        assert_eq!(effect, Effect::Fail { code: "Throttling".into(), status: 400 });
    }
}
