//! The parameters of the query protocol: a form whose lists are numbered names.

use crate::sandbox::call::Refusal;
use percent_encoding::percent_decode;
use std::collections::BTreeMap;

/// The parameters of one call.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    values: BTreeMap<String, String>,
}

impl Parameters {
    /// Reads a form.
    pub fn read(body: &[u8]) -> Parameters {
        let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        let values = pairs.map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            (decode(halves.next().unwrap_or_default()), decode(halves.next().unwrap_or_default()))
        });
        Parameters { values: values.collect() }
    }

    /// A parameter, if it was sent.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// A parameter without which the call is refused.
    pub fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| {
            let (first, rest) = name.split_at(1);
            let place = format!("{}{rest}", first.to_lowercase());
            let message = "failed to satisfy constraint: Member must not be null";
            validation(format!("1 validation error detected: Value null at '{place}' {message}"))
        })
    }

    /// A list of texts: `Name.member.1` and on.
    pub fn list(&self, name: &str) -> Vec<&str> {
        (1..).map_while(|index| self.text(&format!("{name}.member.{index}"))).collect()
    }

    /// The condition keys of a simulated request in lower case, with their values.
    pub fn context_entries(&self) -> BTreeMap<String, Vec<&str>> {
        (1..)
            .map_while(|index| {
                let entry = format!("ContextEntries.member.{index}");
                let key = self.text(&format!("{entry}.ContextKeyName"))?;
                Some((key.to_lowercase(), self.list(&format!("{entry}.ContextKeyValues"))))
            })
            .collect()
    }

    /// A list of pairs: `Name.member.1.Key`, `Name.member.1.Value` and on.
    pub fn pairs(&self, name: &str) -> Vec<(&str, &str)> {
        (1..)
            .map_while(|index| {
                let key = self.text(&format!("{name}.member.{index}.Key"))?;
                Some((key, self.text(&format!("{name}.member.{index}.Value")).unwrap_or_default()))
            })
            .collect()
    }
}

/// The refusal of a parameter that doesn't fit the service model.
pub fn validation(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}

fn decode(text: &[u8]) -> String {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8_lossy().into_owned()
}
