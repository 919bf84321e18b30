//! Clashes among the answers on one edge function.

use super::{Clash, View};
use crate::profile::answers::{EdgeEvent, EdgeFunction, EdgeSource};
use crate::profile::gallery::{READY_FUNCTIONS, ReadyFunction, ready_function};
use crate::profile::nearest;
use crate::profile::placement::{
    EVERYTHING, PageAddresses, functions_on, leads_elsewhere, page_addresses, paths_without_rule,
};
use crate::profile::sheet::Regard;
use std::collections::BTreeSet;

pub(super) fn names_twice(view: &View) -> Vec<Clash> {
    let functions = &view.profile.edge;
    let twice = |(index, function): (usize, &EdgeFunction)| {
        let earlier = functions[..index].iter().position(|earlier| earlier.name == function.name)?;
        let message = format!("two edge functions are called `{}`", function.name);
        let clash = Clash::new(key(index, "name"), message).by(Regard::Spelling);
        let clash = clash.with(key(earlier, "name"), "the other one").by(Regard::Spelling);
        Some(clash.help("one function can run on several `paths`; for another event give it another name"))
    };
    functions.iter().enumerate().filter_map(twice).collect()
}

pub(super) fn options_of_own_code(view: &View) -> Vec<Clash> {
    each(view, |index, function| match &function.function {
        EdgeSource::Own(_) if !function.options.is_empty() => {
            let clash = Clash::new(key(index, "options"), "only ready functions have options");
            Some(clash.with(key(index, "function"), "your own code").help("write the values into the code"))
        }
        EdgeSource::Own(_) | EdgeSource::Builtin(_) => None,
    })
}

pub(super) fn functions_that_are_not_ready(view: &View) -> Vec<Clash> {
    each(view, |index, function| {
        let name = ready_name(function).filter(|_| ready(function).is_none())?;
        let names = READY_FUNCTIONS.iter().map(|ready| ready.name);
        let clash = Clash::new(key(index, "function"), format!("there is no ready function `{name}`"));
        Some(clash.help(match nearest(name, names.clone()) {
            Some(near) => format!("did you mean `builtin:{near}`?"),
            None => format!("there are: {}", names.collect::<Vec<_>>().join(", ")),
        }))
    })
}

pub(super) fn events_of_ready_functions(view: &View) -> Vec<Clash> {
    each(view, |index, function| {
        let ready = ready(function)?;
        if ready.events.contains(&function.event) {
            return None;
        }
        let message = format!("builtin:{} can't run on {}", ready.name, function.event.name());
        let events: Vec<_> =
            ready.events.iter().map(|event| format!("`event = \"{}\"`", event.name())).collect();
        let clash = Clash::new(key(index, "event"), message).with(key(index, "function"), "the function");
        Some(clash.help(format!("write {}", events.join(" or "))))
    })
}

pub(super) fn options_of_ready_functions(view: &View) -> Vec<Clash> {
    let of = |(index, function): (usize, &EdgeFunction)| {
        let refused =
            ready(function).and_then(|ready| Some((ready, ready.options(&function.options).err()?)));
        let (options, code) = (key(index, "options"), key(index, "function"));
        let told =
            refused.into_iter().flat_map(|(ready, problems)| problems.into_iter().map(move |it| (ready, it)));
        let clashes = told.map(move |(ready, problem)| {
            let known: Vec<_> = ready.options.iter().map(|row| row.name).collect();
            let clash = Clash::new(options.clone(), format!("option {problem}")).with(code.clone(), "");
            clash.help(format!("builtin:{} takes: {}", ready.name, known.join(", ")))
        });
        clashes.collect::<Vec<_>>()
    };
    view.profile.edge.iter().enumerate().flat_map(of).collect()
}

fn ready(function: &EdgeFunction) -> Option<&'static ReadyFunction> {
    ready_function(ready_name(function)?).ok()
}

fn ready_name(function: &EdgeFunction) -> Option<&str> {
    match &function.function {
        EdgeSource::Builtin(name) => Some(name),
        EdgeSource::Own(_) => None,
    }
}

/// Only requests have a body to hand over (aws-facts.md B).
pub(super) fn body_of_a_response(view: &View) -> Vec<Clash> {
    each(view, |index, function| match function.event {
        EdgeEvent::OriginResponse | EdgeEvent::ViewerResponse if function.include_body => {
            let clash =
                Clash::new(key(index, "include_body"), "only request events come with the request's body");
            Some(
                clash
                    .with(key(index, "event"), "a response event")
                    .help("drop `include_body`, or use a request event"),
            )
        }
        EdgeEvent::OriginResponse
        | EdgeEvent::ViewerResponse
        | EdgeEvent::ViewerRequest
        | EdgeEvent::OriginRequest => None,
    })
}

pub(super) fn runtime_for_another_language(view: &View) -> Vec<Clash> {
    each(view, |index, function| {
        let language = match &function.function {
            EdgeSource::Builtin(_) => "nodejs",
            EdgeSource::Own(path) => match path.extension().and_then(|extension| extension.to_str()) {
                Some("js" | "mjs" | "cjs") => "nodejs",
                Some("py") => "python",
                Some(_) | None => return None,
            },
        };
        (!function.runtime.starts_with(language)).then(|| {
            let clash =
                Clash::new(key(index, "runtime"), format!("this code doesn't run on {}", function.runtime));
            clash.with(key(index, "function"), "the code").help(match language {
                "python" => "write `runtime = \"python3.13\"`",
                _ => "drop `runtime`, or write `runtime = \"nodejs22.x\"`",
            })
        })
    })
}

/// AWS's pages disagree on what viewer events may use; the older limits are sure to work (aws-facts.md D.1).
pub(super) fn heavy_viewer_functions(view: &View) -> Vec<Clash> {
    let viewer = |function: &EdgeFunction| match function.event {
        EdgeEvent::ViewerRequest | EdgeEvent::ViewerResponse => true,
        EdgeEvent::OriginRequest | EdgeEvent::OriginResponse => false,
    };
    let warn = |index, part, limit| {
        let message = format!("AWS may refuse more than {limit} for a function on a viewer event");
        let clash = Clash::warning(key(index, part), message).with(key(index, "event"), "a viewer event");
        Some(clash.help("an origin event may use more, and runs only when the cache doesn't have the answer"))
    };
    let memory = |index, function: &EdgeFunction| {
        if viewer(function) && function.memory_mb > 128 { warn(index, "memory_mb", "128 MB") } else { None }
    };
    let timeout = |index, function: &EdgeFunction| {
        if viewer(function) && function.timeout.0 > 5 { warn(index, "timeout", "five seconds") } else { None }
    };
    [each(view, memory), each(view, timeout)].into_iter().flatten().collect()
}

/// Pretty URLs need one of the two request events, and the functions of the person's have both.
pub(super) fn no_room_for_page_addresses(view: &View) -> Vec<Clash> {
    let profile = view.profile;
    let answer = if profile.distribution.spa { "spa" } else { "pretty_urls" };
    let rules = profile.caching.rules.iter().map(|rule| rule.path.as_str());
    let mut paths = rules.chain(paths_without_rule(profile)).chain([EVERYTHING]);
    let Some(path) = paths.find(|path| page_addresses(profile, path) == PageAddresses::NoRoom) else {
        return Vec::new();
    };
    let on = |event| {
        profile.edge.iter().position(|it| it.event == event && functions_on(profile, path).contains(&it))
    };
    let (Some(viewer), Some(origin)) = (on(EdgeEvent::ViewerRequest), on(EdgeEvent::OriginRequest)) else {
        return Vec::new();
    };
    let message = format!("`{answer}` needs a request event of `{path}`, and functions of yours take both");
    let clash = Clash::new(key(viewer, "event"), message)
        .with(key(origin, "event"), "the other one")
        .with(format!("distribution.{answer}"), "needs one of them");
    let paths = [viewer, origin].map(|index| key(index, "paths"));
    let clash = paths.into_iter().fold(clash, |clash, paths| clash.with(paths, "").by(Regard::Elements));
    let help = format!(
        "write `{answer} = false` under `[distribution]` and have one of them find the pages of folders, make the \
         two one function, or separate their `paths`"
    );
    vec![clash.help(help)]
}

/// Only on viewer-request is it known which domain a visitor came to.
/// One sentence for all functions: it is one answer that they stand in the way of.
pub(super) fn no_room_for_redirect(view: &View) -> Vec<Clash> {
    let functions = view.profile.edge.iter().enumerate();
    let runs_somewhere = |index| view.sheet.holds(&key(index, "paths"), Regard::Elements);
    let in_the_way: Vec<_> = functions
        .filter(|(_, function)| leads_elsewhere(view.profile) && function.event == EdgeEvent::ViewerRequest)
        .filter(|(index, _)| runs_somewhere(*index))
        .collect();
    let Some(((first, _), others)) = in_the_way.split_first() else { return Vec::new() };
    let paths: BTreeSet<&str> =
        in_the_way.iter().flat_map(|(_, function)| &function.paths).map(String::as_str).collect();
    let paths = paths.into_iter().collect::<Vec<_>>().join(", ");
    let message = format!("on {paths}, visitors of the other domain are served and not sent on");
    let clash =
        Clash::warning(key(*first, "event"), message).with("https.redirect", "needs this event as well");
    let clash =
        others.iter().fold(clash, |clash, (index, _)| clash.with(key(*index, "event"), "so does this one"));
    vec![clash.help("have the function send them on, or run it on origin-request")]
}

fn each(view: &View, check: impl Fn(usize, &EdgeFunction) -> Option<Clash>) -> Vec<Clash> {
    view.profile.edge.iter().enumerate().filter_map(|(index, function)| check(index, function)).collect()
}

pub(super) fn key(index: usize, name: &str) -> String {
    format!("edge[{index}].{name}")
}
