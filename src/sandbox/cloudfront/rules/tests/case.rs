//! A distribution to be, with everything around it, and ways to spoil it.

use super::{NOW, first_broken, set_list, stage};
use crate::sandbox::cloudfront::defaults;
use crate::sandbox::cloudfront::element::Element;
use crate::sandbox::cloudfront::named::ORIGIN_ACCESS_CONTROL;
use crate::sandbox::cloudfront::neighbours::{Bucket, Certificate, FunctionVersion, Surroundings};
use crate::sandbox::cloudfront::rules::views::ConfigView;
use crate::sandbox::cloudfront::rules::{DISTRIBUTION_TABLES, Proposal};
use crate::sandbox::cloudfront::shapes::{self, distribution::DISTRIBUTION_CONFIG};
use crate::sandbox::cloudfront::state::{Distribution, Function, Named, State};

pub const VERSION: &str = "arn:aws:lambda:us-east-1:123456789012:function:edge:1";
pub const FUNCTION: &str = "arn:aws:cloudfront::123456789012:function/pretty";
pub const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";
pub const DEFAULT: &str = "DefaultCacheBehavior";

/// A distribution to be, and everything around it.
pub struct Case {
    pub config: Element,
    pub own: Option<Distribution>,
    pub state: State,
    pub surroundings: Surroundings,
}

pub fn good() -> Case {
    let mut config = Element::parse(include_bytes!("good.xml")).expect("it is well formed");
    shapes::check(&config, &DISTRIBUTION_CONFIG, "distributionConfig").expect("it has the shape");
    defaults::complete(&mut config);
    let bucket = |region: &str| Bucket { region: region.to_owned(), has_access_lists: true };
    let names = vec!["*.example.com".to_owned()];
    let surroundings = Surroundings {
        buckets: [("first", "eu-west-1"), ("second", "eu-central-1"), ("logs", "us-east-1")]
            .map(|(name, region)| (name.to_owned(), bucket(region)))
            .into(),
        certificates: [(
            CERTIFICATE.to_owned(),
            Certificate { issued: true, names, key: "RSA_2048".to_owned() },
        )]
        .into(),
        versions: [(VERSION.to_owned(), version())].into(),
        dns: [].into(),
    };
    Case { config, own: None, state: state(), surroundings }
}

pub fn version() -> FunctionVersion {
    FunctionVersion {
        state: "Active".to_owned(),
        runtime: "nodejs22.x".to_owned(),
        architecture: "x86_64".to_owned(),
        package: "Zip".to_owned(),
        timeout_seconds: 5,
        storage_megabytes: 512,
        code_bytes: 1_000,
        has_environment: false,
        has_layers: false,
        has_network: false,
        has_dead_letters: false,
        is_traced: false,
        has_own_key: false,
        role_trusts_edge: true,
    }
}

pub fn state() -> State {
    let mut state = State::default();
    state.functions.insert("pretty".to_owned(), Function { development: stage(), live: Some(stage()) });
    let mut controls = std::collections::BTreeMap::new();
    for (id, kind) in [("EACCESS", "s3"), ("ELAMBDA", "lambda")] {
        let config = Element::new("OriginAccessControlConfig")
            .with(Element::leaf("Name", id))
            .with(Element::leaf("OriginAccessControlOriginType", kind));
        controls
            .insert(id.to_owned(), Named { id: id.to_owned(), etag: "E1".to_owned(), modified: NOW, config });
    }
    state.named.insert(ORIGIN_ACCESS_CONTROL.object.to_owned(), controls);
    state
}

impl Case {
    pub fn first_broken(&self) -> Option<&'static str> {
        let proposal = Proposal {
            config: ConfigView::new(&self.config),
            own: self.own.as_ref(),
            state: &self.state,
            surroundings: &self.surroundings,
        };
        DISTRIBUTION_TABLES.into_iter().find_map(|rules| first_broken(&proposal, rules))
    }

    pub fn set(&mut self, path: &str, text: &str) {
        place(&mut self.config, path).text = text.to_owned();
    }

    pub fn remove(&mut self, path: &str) {
        let (parent, name) = path.rsplit_once('/').expect("the path has a parent");
        place(&mut self.config, parent).remove(name);
    }

    pub fn list(&mut self, path: &str, tag: &str, texts: &[&str]) {
        set_list(place(&mut self.config, path), tag, texts);
    }

    /// Repeats the first item of a list, changed for each count.
    pub fn repeat(&mut self, path: &str, count: usize, change: fn(&mut Element, usize)) {
        let items = &mut place(&mut self.config, &format!("{path}/Items")).children;
        let first = items[0].clone();
        for index in 0..count {
            let mut item = first.clone();
            change(&mut item, index);
            items.push(item);
        }
    }

    /// Adds an item to a list.
    pub fn add(&mut self, path: &str, item: &str) {
        let item = Element::parse(item.as_bytes()).expect("it is well formed");
        place(&mut self.config, &format!("{path}/Items")).children.push(item);
    }

    /// Adds as many other distributions with this configuration, under other names.
    pub fn crowd(&mut self, count: usize) {
        for index in 0..count {
            let mut config = self.config.clone();
            config.remove("Aliases");
            let id = format!("E{index}");
            let domain = format!("d{index}.cloudfront.net");
            let other = Distribution {
                id: id.clone(),
                domain,
                etag: String::new(),
                modified: NOW,
                settled: NOW,
                config,
            };
            self.state.distributions.insert(id, other);
        }
    }

    pub fn version(&mut self) -> &mut FunctionVersion {
        self.surroundings.versions.get_mut(VERSION).expect("it is there")
    }

    pub fn certificate(&mut self) -> &mut Certificate {
        self.surroundings.certificates.get_mut(CERTIFICATE).expect("it is there")
    }

    /// An own policy with a plain configuration, used by the default behaviour and by a hundred others.
    pub fn crowded_policy(&mut self, object: &str) {
        let named = Named {
            id: "own".to_owned(),
            etag: String::new(),
            modified: NOW,
            config: Element::new("Config"),
        };
        self.state.named.entry(object.to_owned()).or_default().insert("own".to_owned(), named);
        self.set(&format!("{DEFAULT}/{object}Id"), "own");
        self.crowd(100);
    }
}

pub fn place<'a>(element: &'a mut Element, path: &str) -> &'a mut Element {
    path.split('/').fold(element, |element, name| {
        if element.child(name).is_none() {
            element.children.push(Element::new(name));
        }
        element.child_mut(name).expect("it was made")
    })
}
