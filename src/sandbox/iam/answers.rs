//! How IAM writes its answers.

use super::parameters::{Parameters, validation};
use crate::sandbox::call::{Answer, Refusal};
use crate::sandbox::cloudfront::Element;
use bytes::Bytes;
use time::OffsetDateTime;
use time::macros::format_description;

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// A result in the operation's envelope. Operations without a result have none.
pub fn succeeded(operation: &str, result: Option<Vec<Element>>) -> Answer {
    let result = result.map(|fields| Element::new(&format!("{operation}Result")).with_all(fields));
    document(200, &Element::new(&format!("{operation}Response")).with_all(result))
}

/// A refusal.
pub fn refused(refused: &Refusal) -> Answer {
    let at_fault = if refused.status < 500 { "Sender" } else { "Receiver" };
    let error = Element::new("Error")
        .with(Element::leaf("Type", at_fault))
        .with(Element::leaf("Code", &refused.code))
        .with(Element::leaf("Message", &refused.message));
    document(refused.status, &Element::new("ErrorResponse").with(error))
}

fn document(status: u16, element: &Element) -> Answer {
    let body = Bytes::from(element.to_document(NAMESPACE));
    Answer { status, headers: vec![("content-type", "text/xml".to_owned())], body }
}

/// A list of elements.
pub fn list(name: &str, members: impl IntoIterator<Item = Element>) -> Element {
    Element::new(name).with_all(members.into_iter().map(|member| member.named("member")))
}

/// The page that `Marker` and `MaxItems` ask for, with what tells that there is more. Pages hold 100 items
/// unless asked for fewer; a page begins after its marker.
pub fn page(
    parameters: &Parameters,
    name: &str,
    items: impl Iterator<Item = (String, Element)>,
) -> Result<Vec<Element>, Refusal> {
    let size = page_size(parameters)?;
    let marker = parameters.text("Marker").unwrap_or_default().to_owned();
    let mut left = items.skip_while(|(key, _)| !marker.is_empty() && *key <= marker);
    let page: Vec<(String, Element)> = left.by_ref().take(size).collect();
    let last = page.last().map(|(key, _)| key.clone());
    let next = left.next().and(last);
    let mut fields = vec![list(name, page.into_iter().map(|(_, item)| item))];
    fields.push(Element::leaf("IsTruncated", next.is_some()));
    fields.extend(next.map(|next| Element::leaf("Marker", next)));
    Ok(fields)
}

fn page_size(parameters: &Parameters) -> Result<usize, Refusal> {
    match parameters.text("MaxItems") {
        None => Ok(100),
        Some(size) => match size.parse() {
            Ok(size @ 1..=1000) => Ok(size),
            Ok(_) | Err(_) => Err(validation(format!(
                "1 validation error detected: Value '{size}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 1000"
            ))),
        },
    }
}

/// A moment as IAM writes it.
pub fn timestamp(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    moment.to_offset(time::UtcOffset::UTC).format(&format).unwrap_or_default()
}
