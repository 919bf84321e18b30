//! Making and changing a function, up to a version that behaviours can name.
//!
//! One change at a time (aws-facts.md A.5), each waited for. A run that was stopped anywhere is finished by the next:
//! it reads what there is, and does only what is missing.

use super::observe::{spec_of, version};
use super::{INVALID, Named, get, versions};
use crate::apply::retry::retry;
use crate::aws::claim::not_ours;
use crate::aws::refusal::Refusal;
use crate::aws::tags;
use crate::aws::wait::until;
use crate::blueprint::inventory::{EdgeVersion, Foreign, ObservedEdgeFunction};
use crate::blueprint::names::SITE_TAG;
use crate::blueprint::resource::{EdgeFunctionSpec, Kind, Output, ResourceId};
use crate::error::{Error, Kind as End, Result};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    Architecture, FunctionCode, FunctionConfiguration, LastUpdateStatus, Runtime, State,
};
use std::time::Duration;

/// How long Lambda may not be able to use a role that was just made (aws-facts.md A.5 and H).
const ROLE_UNKNOWN: Duration = Duration::from_secs(2 * 60);

/// How long another change of the same function may take (aws-facts.md H).
const BUSY: Duration = Duration::from_secs(5 * 60);

/// The code by which Lambda says that a function exists, or that a change of it is under way.
const CONFLICT: &str = "ResourceConflictException";

/// Everything that a function is made of.
struct Wanted<'a> {
    spec: &'a EdgeFunctionSpec,
    /// What the description of each version says; it tells whether there is one already.
    identity: String,
    role: &'a str,
    handler: &'a str,
    code: &'a str,
    /// Its code; `None` where that is not at hand.
    archive: Option<&'a [u8]>,
}

/// Makes the function and publishes a version; one of ours that is there already is brought up to date.
///
/// # Errors
/// When AWS refuses, when the code is not at hand, or when one under this name is not ours.
pub async fn create(at: Named<'_>, spec: &EdgeFunctionSpec, archive: Option<&[u8]>) -> Result<Output> {
    let wanted = Wanted::new(at.name, spec, archive)?;
    let code = FunctionCode::builder().zip_file(Blob::new(wanted.archive(at.name)?)).build();
    let call = at
        .client
        .create_function()
        .function_name(at.name)
        .description(&wanted.identity)
        .role(wanted.role)
        .runtime(Runtime::from(spec.runtime.as_str()))
        .handler(wanted.handler)
        .memory_size(number(spec.memory_mb.into()))
        .timeout(number(spec.timeout.0))
        .architectures(Architecture::X8664)
        .tags(SITE_TAG, at.site)
        .code(code);
    let made = once_role_is_known(at, || async {
        let tried = format!("create the edge function {}", at.name);
        call.clone().send().await.map(drop).map_err(Refusal::to("lambda:CreateFunction", tried))
    });
    match made.await {
        Ok(()) => {}
        // It was there, or an answer got lost; whichever it is shows when it is read.
        Err(refusal) if refusal.is(CONFLICT) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    bring_up_to_date(at, &wanted).await
}

/// Writes what differs from `spec`, and publishes a version unless there is one.
///
/// # Errors
/// When AWS refuses, when new code is not at hand, or when the function is not ours.
pub async fn update(at: Named<'_>, spec: &EdgeFunctionSpec, archive: Option<&[u8]>) -> Result<Output> {
    bring_up_to_date(at, &Wanted::new(at.name, spec, archive)?).await
}

async fn bring_up_to_date(at: Named<'_>, wanted: &Wanted<'_>) -> Result<Output> {
    require_ours(at).await?;
    let present = settled(at, None).await?;
    // The configuration first: an archive is held against the handler that it will have.
    if !wanted.is_configured(&present) {
        write_configuration(at, wanted).await?;
        settled(at, None).await?;
    }
    if present.code_sha256.as_deref() != Some(wanted.code) {
        write_code(at, wanted).await?;
        settled(at, None).await?;
    }
    let version = match published(at, wanted).await? {
        Some(version) => version,
        None => publish_as_wanted(at, wanted).await?,
    };
    settled(at, Some(&version.number)).await?;
    Ok(Output { id: at.name.to_owned(), arn: version.arn, ..Output::default() })
}

async fn require_ours(at: Named<'_>) -> Result<()> {
    let held = get(at.client, at.name, None).await?.tags.unwrap_or_default().into_iter().collect();
    tags::ownership(&held, at.site).map_err(|why| {
        not_ours("edge function", &Foreign { resource: ResourceId::new(Kind::EdgeFunction, at.name), why })
    })
}

/// The function or the version, once no change of it is under way.
async fn settled(at: Named<'_>, version: Option<&str>) -> Result<FunctionConfiguration> {
    let look = || async {
        let found = get(at.client, at.name, version).await?.configuration;
        Ok::<_, Refusal>(found.filter(|found| !is_under_way(found)))
    };
    let found = until(at.poll, "Lambda to make it ready", at.report, look).await?;
    let Some(found) = found else {
        return Err(Error::new(End::Unfinished, format!("The edge function {} is not ready yet", at.name))
            .hint("run the same command again in a few minutes; it goes on from here"));
    };
    match found.state {
        Some(State::Failed) => Err(Error::failed(format!("Lambda could not make {} ready", at.name))
            .why(found.state_reason.unwrap_or_default())
            .hint("delete the function in the AWS console, then run the same command again")),
        _ => Ok(found),
    }
}

fn is_under_way(found: &FunctionConfiguration) -> bool {
    found.state == Some(State::Pending) || found.last_update_status == Some(LastUpdateStatus::InProgress)
}

async fn write_configuration(at: Named<'_>, wanted: &Wanted<'_>) -> Result<(), Refusal> {
    let call = at
        .client
        .update_function_configuration()
        .function_name(at.name)
        .description(&wanted.identity)
        .role(wanted.role)
        .runtime(Runtime::from(wanted.spec.runtime.as_str()))
        .handler(wanted.handler)
        .memory_size(number(wanted.spec.memory_mb.into()))
        .timeout(number(wanted.spec.timeout.0));
    once_free(at, || {
        once_role_is_known(at, || async {
            let tried = format!("configure the edge function {}", at.name);
            let answer = call.clone().send().await;
            answer.map(drop).map_err(Refusal::to("lambda:UpdateFunctionConfiguration", tried))
        })
    })
    .await
}

async fn write_code(at: Named<'_>, wanted: &Wanted<'_>) -> Result<()> {
    let archive = Blob::new(wanted.archive(at.name)?);
    let call = at.client.update_function_code().function_name(at.name).zip_file(archive);
    let written = once_free(at, || async {
        let tried = format!("write the code of the edge function {}", at.name);
        call.clone().send().await.map(drop).map_err(Refusal::to("lambda:UpdateFunctionCode", tried))
    });
    Ok(written.await?)
}

/// The version that is what is wanted, if it was published already.
async fn published(at: Named<'_>, wanted: &Wanted<'_>) -> Result<Option<EdgeVersion>, Refusal> {
    let found = versions(at.client, at.name).await?;
    let versions = found.iter().filter_map(version).collect();
    let function = ObservedEdgeFunction { name: at.name.to_owned(), latest: wanted.spec.clone(), versions };
    Ok(function.version_of(wanted.spec).cloned())
}

/// Publishes what was written. Where nothing has changed since the last version, Lambda answers with that one, whatever
/// its description says (aws-facts.md A.5); a description of its own is a change.
async fn publish_as_wanted(at: Named<'_>, wanted: &Wanted<'_>) -> Result<EdgeVersion> {
    let made = publish(at, wanted).await?;
    if made.identity == wanted.identity {
        return Ok(made);
    }
    write_configuration(at, wanted).await?;
    settled(at, None).await?;
    publish(at, wanted).await
}

/// The code's hash guards against publishing what another run wrote meanwhile.
async fn publish(at: Named<'_>, wanted: &Wanted<'_>) -> Result<EdgeVersion> {
    let call = at.client.publish_version().function_name(at.name);
    let call = call.code_sha256(wanted.code).description(&wanted.identity);
    let made = once_free(at, || async {
        let tried = format!("publish a version of the edge function {}", at.name);
        call.clone().send().await.map_err(Refusal::to("lambda:PublishVersion", tried))
    });
    let made = made.await?;
    Ok(EdgeVersion {
        number: made.version.unwrap_or_default(),
        arn: made.function_arn.unwrap_or_default(),
        identity: made.description.unwrap_or_default(),
        code: made.code_sha256.unwrap_or_default(),
    })
}

/// Tries again while Lambda can't use a role that was just made (aws-facts.md K24).
async fn once_role_is_known<T, F: Future<Output = Result<T, Refusal>>>(
    at: Named<'_>,
    call: impl FnMut() -> F,
) -> Result<T, Refusal> {
    let unknown = |refusal: &Refusal| refusal.is(INVALID) && refusal.said.contains("cannot be assumed");
    retry(ROLE_UNKNOWN, "Lambda to be able to use the role", at.report, unknown, call).await
}

/// Tries again while another change is under way (aws-facts.md K25).
async fn once_free<T, F: Future<Output = Result<T, Refusal>>>(
    at: Named<'_>,
    call: impl FnMut() -> F,
) -> Result<T, Refusal> {
    let busy = |refusal: &Refusal| refusal.is(CONFLICT);
    retry(BUSY, "another change of the function to settle", at.report, busy, call).await
}

/// A number as Lambda takes it; those of a profile are far smaller than the largest.
fn number(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl<'a> Wanted<'a> {
    fn new(name: &str, spec: &'a EdgeFunctionSpec, archive: Option<&'a [u8]>) -> Result<Self> {
        let parts = (spec.identity(), spec.role.known(), spec.handler.as_deref(), spec.code.as_deref());
        let (Some(identity), Some(role), Some(handler), Some(code)) = parts else {
            return Err(code_missing(name));
        };
        Ok(Wanted { spec, identity, role, handler, code, archive })
    }

    fn archive(&self, name: &str) -> Result<Vec<u8>> {
        self.archive.map(<[u8]>::to_vec).ok_or_else(|| code_missing(name))
    }

    fn is_configured(&self, present: &FunctionConfiguration) -> bool {
        let found = spec_of(present);
        EdgeFunctionSpec { code: self.spec.code.clone(), ..found } == *self.spec
    }
}

fn code_missing(name: &str) -> Error {
    Error::failed(format!("Could not write the edge function {name}"))
        .why("its code is not at hand")
        .hint("run the same command where the profile and the function's code are")
}
