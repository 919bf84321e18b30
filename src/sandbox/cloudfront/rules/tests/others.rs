//! Rules about functions, key-value stores and purges.

use super::{NOW, first_broken, set_list, stage};
use crate::sandbox::cloudfront::element::Element;
use crate::sandbox::cloudfront::rules::function::{self, Draft, Drafts};
use crate::sandbox::cloudfront::rules::invalidation::{self, Purge, Purges};
use crate::sandbox::cloudfront::rules::key_value_store::{self, Wish};
use crate::sandbox::cloudfront::state::{Function, KeyValueStore, Stage, State};

fn draft_breaks(name: &str, config: &str, code: &[u8], state: &State) -> Option<&'static str> {
    let config =
        Element::parse(format!("<FunctionConfig>{config}</FunctionConfig>").as_bytes()).expect("well formed");
    first_broken::<Drafts>(&Draft { name, config: &config, code, state }, function::RULES)
}

#[test]
fn rules_about_functions() {
    let mut state = State::default();
    let store = KeyValueStore {
        id: "s".to_owned(),
        comment: String::new(),
        etag: String::new(),
        modified: NOW,
        ready: NOW,
    };
    state.key_value_stores.insert("store".to_owned(), store);
    let association = |id: &str| {
        format!(
            "<KeyValueStoreAssociation><KeyValueStoreARN>arn:aws:cloudfront::123456789012:key-value-store/{id}</KeyValueStoreARN></KeyValueStoreAssociation>"
        )
    };
    let with = |runtime: &str, stores: &str| {
        format!(
            "<Comment/><Runtime>{runtime}</Runtime><KeyValueStoreAssociations><Items>{stores}</Items></KeyValueStoreAssociations>"
        )
    };
    let good = with("cloudfront-js-2.0", &association("s"));
    let long = format!("<Comment>{}</Comment>", "x".repeat(129));
    assert_eq!(draft_breaks("n", &good, b"x", &state), None);
    assert_eq!(draft_breaks("a b", &good, b"x", &state), Some("function-name"));
    assert_eq!(draft_breaks("n", &long, b"x", &state), Some("function-comment"));
    assert_eq!(draft_breaks("n", &good, b"", &state), Some("function-empty"));
    assert_eq!(draft_breaks("n", &good, &[b'x'; 10_241], &state), Some("function-size"));
    let two = with("cloudfront-js-2.0", &association("s").repeat(2));
    assert_eq!(draft_breaks("n", &two, b"x", &state), Some("function-stores"));
    let old = with("cloudfront-js-1.0", &association("s"));
    assert_eq!(draft_breaks("n", &old, b"x", &state), Some("function-store-runtime"));
    let unknown = with("cloudfront-js-2.0", &association("t"));
    assert_eq!(draft_breaks("n", &unknown, b"x", &state), Some("function-store-unknown"));
    let config =
        Element::parse(format!("<FunctionConfig>{good}</FunctionConfig>").as_bytes()).expect("well formed");
    for index in 0..100 {
        let development = Stage { config: config.clone(), ..stage() };
        state.functions.insert(format!("f{index}"), Function { development, live: None });
    }
    assert_eq!(draft_breaks("n", &good, b"x", &state), Some("function-store-crowded"));
}

#[test]
fn rules_about_key_value_stores() {
    let breaks = |name: &str, comment: &str| first_broken(&Wish { name, comment }, key_value_store::RULES);
    assert_eq!(breaks("n", ""), None);
    assert_eq!(breaks("", ""), Some("key-value-store-name"));
    assert_eq!(breaks("n", &"x".repeat(129)), Some("key-value-store-comment"));
}

fn purge_breaks(paths: &[&str], running: &[&str], config: &Element) -> Option<&'static str> {
    let mut list = Element::new("Paths");
    set_list(&mut list, "Path", paths);
    let batch = Element::new("InvalidationBatch").with(Element::leaf("CallerReference", "r")).with(list);
    first_broken::<Purges>(&Purge { config, batch: &batch, running }, invalidation::RULES)
}

#[test]
fn rules_about_invalidations() {
    let config = Element::new("DistributionConfig");
    let breaks = |paths: &[&str], running: &[&str]| purge_breaks(paths, running, &config);
    assert_eq!(breaks(&["/", "/a%20b", "/a/*", "/*"], &[]), None);
    assert_eq!(breaks(&[], &[]), Some("invalidation-empty"));
    for wrong in ["a", "/a b", "/*/b", "/ü", "", "#tag", "*"] {
        assert_eq!(breaks(&[wrong], &[]), Some("invalidation-path"), "{wrong}");
    }
    assert_eq!(breaks(&vec!["/a"; 3_001], &[]), Some("invalidation-size"));
    assert_eq!(breaks(&["/a"], &vec!["/a"; 3_000]), Some("invalidation-paths-running"));
    assert_eq!(breaks(&["/*"], &["/*"; 15]), Some("invalidation-wildcards-running"));
    let tagged = config.clone().with(Element::new("CacheTagConfig").with(Element::leaf("HeaderName", "tag")));
    assert_eq!(purge_breaks(&["#tag"], &[], &tagged), None);
}
