//! What a profile asks for one function, against the limits of its event (aws-facts.md D.1).

use crate::edge::finding::Finding;
use crate::edge::limits::{LONGEST_RUN, MOST_MEMORY_MB, is_request, limits};
use crate::edge::runtime::{Language, RUNTIMES};
use crate::profile::answers::EdgeFunction;

const SOURCE: &str = "CloudFront guide: lambda-at-edge-function-restrictions";

/// What is wrong with what is asked for.
pub(super) fn check(function: &EdgeFunction) -> Vec<Finding> {
    [memory(function), timeout(function), runtime(function), body(function)].into_iter().flatten().collect()
}

/// What is wrong with the runtime, given what the code is written in.
pub(super) fn check_language(function: &EdgeFunction, language: Language) -> Option<Finding> {
    (Language::of_runtime(&function.runtime) != Some(language)).then(|| {
        let fitting = RUNTIMES.iter().filter(|runtime| Language::of_runtime(runtime) == Some(language));
        let fitting: Vec<_> = fitting.copied().collect();
        Finding::error(format!("the code is {}, and the runtime {}", language.name(), function.runtime))
            .why("Lambda would not find the handler")
            .way_out(format!("runtime = \"{}\"", fitting.join("\" or \"")))
    })
}

fn memory(function: &EdgeFunction) -> Option<Finding> {
    let sure = limits(function.event).sure_memory_mb;
    let what = format!("it asks for {} MB of memory", function.memory_mb);
    let event = function.event.name();
    if !(128..=MOST_MEMORY_MB).contains(&function.memory_mb) {
        return Some(Finding::error(what).why(format!("Lambda takes 128 to {MOST_MEMORY_MB} MB ({SOURCE})")));
    }
    (function.memory_mb > sure).then(|| {
        let why = format!("AWS's pages disagree on whether {event} may have more than {sure} MB ({SOURCE})");
        Finding::warning(what).why(why).way_out(format!("memory_mb = {sure}, or an origin event"))
    })
}

fn timeout(function: &EdgeFunction) -> Option<Finding> {
    let sure = limits(function.event).sure_seconds;
    let what = format!("it may run for {} seconds", function.timeout.0);
    let event = function.event.name();
    if !(1..=LONGEST_RUN).contains(&function.timeout.0) {
        return Some(Finding::error(what).why(format!("CloudFront takes 1 to {LONGEST_RUN} ({SOURCE})")));
    }
    (function.timeout.0 > sure).then(|| {
        let why = format!("AWS's pages disagree on whether {event} may have more than {sure} ({SOURCE})");
        Finding::warning(what).why(why).way_out(format!("timeout = \"{sure}s\", or an origin event"))
    })
}

fn runtime(function: &EdgeFunction) -> Option<Finding> {
    (!RUNTIMES.contains(&function.runtime.as_str())).then(|| {
        Finding::error(format!("no new function can be made with the runtime {}", function.runtime))
            .why(format!("Lambda@Edge takes Node.js and Python, in releases that AWS still opens ({SOURCE})"))
            .way_out(format!("one of {}", RUNTIMES.join(", ")))
    })
}

fn body(function: &EdgeFunction) -> Option<Finding> {
    (function.include_body && !is_request(function.event)).then(|| {
        Finding::error(format!("it asks for the request's body on {}", function.event.name()))
            .why("only request events have it (CloudFront guide: lambda-event-structure)")
            .way_out("drop `include_body`, or use a request event")
    })
}
