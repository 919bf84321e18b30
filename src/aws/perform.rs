//! Carries out the steps of a plan on AWS.

use super::bucket::Bucket;
use super::certificate_wait::{self, DnsWaiting};
use super::refusal::Refusal;
use super::release::{Job, publish};
use super::role::{self, Named};
use super::session::Session;
use super::wait::{Poll, until_steady};
use super::{
    backup, bucket_policy, bucket_settings, cache_policy, certificate, distribution, edge_function,
    edge_logs, emptying, function, invalidation, origin_access_control, replication, response_headers_policy,
    site_records, tags,
};
use crate::apply::{Failure, Perform, Performed, Reporter};
use crate::blueprint::answers::Region;
use crate::blueprint::plan::{Step, Work};
use crate::blueprint::resource::{
    AliasRecordSpec, CertificateSpec, EdgeFunctionSpec, Kind, Output, Outputs, ReleaseBucket, ReleaseSpec,
    ResourceId, Spec, ValidationRecordSpec,
};
use crate::content::publication::Publication;
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Carries out the steps of one site's plan.
#[derive(Debug)]
pub struct Performer {
    /// The connection to AWS.
    pub session: Arc<Session>,
    /// The site's name.
    pub site: String,
    /// The AWS account's twelve digits.
    pub account: String,
    /// The partition in ARNs, such as `aws`.
    pub partition: String,
    /// What is to be published; `None` where the folder is not at hand.
    pub publication: Option<Arc<Publication>>,
    /// How certificates are waited for.
    pub waiting: DnsWaiting,
    /// The archives of edge functions by their hash, where they are at hand.
    pub archives: BTreeMap<String, Vec<u8>>,
}

impl Perform for Performer {
    async fn perform(&self, step: Step, outputs: Outputs, report: Reporter) -> Result<Performed, Failure> {
        let at = At { performer: self, resource: &step.resource, outputs: &outputs, report: &report };
        // On the heap: with every resource's calls in it, the future is too large for the stack of a thread.
        Ok(Box::pin(at.carry_out(step.work)).await?)
    }
}

/// One step under way.
struct At<'a> {
    performer: &'a Performer,
    resource: &'a ResourceId,
    outputs: &'a Outputs,
    report: &'a Reporter,
}

impl At<'_> {
    async fn carry_out(&self, work: Work) -> Result<Performed> {
        match work {
            Work::Nothing => Ok(Performed::unneeded("nothing to do")),
            Work::Create(spec) => self.create(spec).await,
            Work::Update { id, spec } => self.update(&id, spec).await,
            Work::UpdateMade(spec) => {
                let id = self.outputs.get(self.resource).map(|output| output.id.clone());
                self.update(&id.unwrap_or_default(), spec).await
            }
            Work::Delete { id, region } => self.delete(&id, region).await,
            Work::DeleteReplicated { awaited } => {
                let poll = Poll::for_replicas(&self.performer.session);
                let named = edge_function::Named { poll, ..self.edge_function() };
                Box::pin(edge_function::delete(named, awaited)).await
            }
            Work::PruneVersions => Box::pin(self.prune_versions()).await,
            Work::DeleteLogs { functions } => {
                Box::pin(edge_logs::delete(&self.performer.session, &functions, self.report)).await
            }
            Work::Disable { id } => {
                distribution::disable(self.cloudfront(), &id, self.report).await?;
                Ok(Performed::done("disabled"))
            }
            Work::AwaitDeployed { id } => self.await_deployed(id).await,
            Work::Tag { id, set, remove } => {
                tags::tag(self.cloudfront(), &self.distribution_arn(&id), &set, &remove).await?;
                Ok(Performed::done("tagged"))
            }
            Work::Purge { id } => self.purge(&id).await,
            Work::Empty(bucket) => self.empty(bucket).await,
            Work::BackUp(wanted) => {
                let (session, site) = (&self.performer.session, self.performer.site.as_str());
                Box::pin(backup::back_up(session, site, &wanted, self.report)).await
            }
            Work::AwaitIssued { arn, dns } => {
                let (session, waiting) = (&self.performer.session, &self.performer.waiting);
                let arn = arn.unwrap_or_default();
                certificate_wait::issued(session, &arn, dns, waiting, self.report).await
            }
            Work::RemoveRecords(removal) => {
                let session = &self.performer.session;
                site_records::remove(session, &removal, &self.resource.name, self.report).await
            }
        }
    }

    /// Asks under a reference of its own each time: what was forgotten once may be there again.
    async fn purge(&self, id: &str) -> Result<Performed> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let reference = format!("purge-{}", now.as_millis());
        invalidation::request(self.cloudfront(), id, &["/*".to_owned()], &reference, self.report).await?;
        Ok(Performed::done("edge locations forget everything"))
    }

    async fn create(&self, spec: Spec) -> Result<Performed> {
        let (cloudfront, report) = (self.cloudfront(), self.report);
        let (site, name) = (self.performer.site.as_str(), self.resource.name.as_str());
        let made = match spec {
            Spec::Bucket(spec) => return self.create_bucket(spec.region).await,
            Spec::BucketSettings(_) | Spec::BucketPolicy(_) | Spec::Replication(_) | Spec::Release(_) => {
                return self.write_into_bucket(spec).await;
            }
            Spec::ValidationRecord(spec) => return self.prove(&spec).await,
            Spec::AliasRecord(spec) => return self.lead(&spec).await,
            Spec::Certificate(spec) => self.request_certificate(&spec).await?,
            Spec::ReplicationRole(spec) => Box::pin(role::create(self.role(), &spec, report)).await?,
            Spec::EdgeRole(spec) => Box::pin(role::create(self.role(), &spec, report)).await?,
            Spec::OriginAccessControl(spec) => {
                origin_access_control::create(cloudfront, site, name, &spec, report).await?
            }
            Spec::CachePolicy(spec) => cache_policy::create(cloudfront, site, name, &spec, report).await?,
            Spec::ResponseHeadersPolicy(spec) => {
                response_headers_policy::create(cloudfront, site, name, &spec, report).await?
            }
            Spec::Function(spec) => function::create(cloudfront, site, name, &spec, report).await?,
            Spec::EdgeFunction(spec) => {
                Box::pin(edge_function::create(self.edge_function(), &spec, self.archive(&spec))).await?
            }
            Spec::Distribution(spec) => {
                let owner = distribution::Owner { account: &self.performer.account, site };
                distribution::create(cloudfront, owner, &spec, distribution::patience(), report).await?
            }
        };
        Ok(Performed::done("made").with_output(made))
    }

    async fn update(&self, id: &str, spec: Spec) -> Result<Performed> {
        let (cloudfront, report) = (self.cloudfront(), self.report);
        let done = Performed::done("changed");
        match spec {
            Spec::Bucket(_) => Ok(Performed::unneeded("a bucket itself can't be changed")),
            Spec::Certificate(_) => Ok(Performed::unneeded("a certificate can't be changed")),
            Spec::ValidationRecord(spec) => self.prove(&spec).await,
            Spec::AliasRecord(spec) => self.lead(&spec).await,
            Spec::BucketSettings(_) | Spec::BucketPolicy(_) | Spec::Replication(_) | Spec::Release(_) => {
                self.write_into_bucket(spec).await
            }
            Spec::ReplicationRole(spec) => {
                Ok(done.with_output(Box::pin(role::update(self.role(), &spec, report)).await?))
            }
            Spec::EdgeRole(spec) => {
                Ok(done.with_output(Box::pin(role::update(self.role(), &spec, report)).await?))
            }
            Spec::OriginAccessControl(spec) => {
                origin_access_control::update(cloudfront, id, &spec, report).await.map(|()| done)
            }
            Spec::CachePolicy(spec) => {
                cache_policy::update(cloudfront, id, &spec, report).await.map(|()| done)
            }
            Spec::ResponseHeadersPolicy(spec) => {
                response_headers_policy::update(cloudfront, id, &spec, report).await.map(|()| done)
            }
            Spec::Function(spec) => {
                Ok(done.with_output(function::update(cloudfront, &self.resource.name, &spec, report).await?))
            }
            Spec::EdgeFunction(spec) => {
                let archive = self.archive(&spec);
                let updated = Box::pin(edge_function::update(self.edge_function(), &spec, archive));
                Ok(done.with_output(updated.await?))
            }
            Spec::Distribution(spec) => {
                Ok(done.with_output(distribution::update(cloudfront, id, &spec, report).await?))
            }
        }
    }

    async fn delete(&self, id: &str, region: Region) -> Result<Performed> {
        let (cloudfront, report, site) = (self.cloudfront(), self.report, &self.performer.site);
        match self.resource.kind {
            Kind::Bucket => {
                let message = self.bucket(id, region).await?.delete(site, report).await?;
                return Ok(Performed::done(message));
            }
            Kind::BucketSettings | Kind::BucketPolicy | Kind::Release => {
                return Ok(Performed::unneeded("it goes with its bucket"));
            }
            Kind::ValidationRecord | Kind::AliasRecord => {
                return Ok(Performed::unneeded("records are removed by what they are"));
            }
            Kind::Certificate => certificate::delete(self.performer.session.acm(), id, report).await?,
            Kind::Replication => replication::delete(&self.bucket(id, region).await?, report).await?,
            Kind::ReplicationRole | Kind::EdgeRole => Box::pin(role::delete(self.role(), report)).await?,
            Kind::EdgeFunction => return Box::pin(edge_function::delete(self.edge_function(), false)).await,
            Kind::EdgeLogs => return Ok(Performed::unneeded("they go with their functions")),
            Kind::OriginAccessControl => origin_access_control::delete(cloudfront, id, report).await?,
            Kind::CachePolicy => cache_policy::delete(cloudfront, id, report).await?,
            Kind::ResponseHeadersPolicy => response_headers_policy::delete(cloudfront, id, report).await?,
            Kind::Function => function::delete(cloudfront, &self.resource.name, report).await?,
            Kind::Distribution => distribution::delete(cloudfront, id, report).await?,
        }
        Ok(Performed::done("removed"))
    }

    async fn create_bucket(&self, region: Region) -> Result<Performed> {
        let bucket = self.bucket(&self.resource.name, region).await?;
        let message = bucket.create(&self.performer.site, self.report).await?;
        let arn = format!("arn:{}:s3:::{}", self.performer.partition, bucket.name);
        Ok(Performed::done(message).with_output(Output { id: bucket.name, arn, ..Output::default() }))
    }

    fn role(&self) -> Named<'_> {
        Named { iam: self.performer.session.iam(), name: &self.resource.name, site: &self.performer.site }
    }

    async fn request_certificate(&self, spec: &CertificateSpec) -> Result<Output> {
        let session = &self.performer.session;
        let poll = Poll::for_new_certificate(session);
        certificate::request(session.acm(), &self.performer.site, spec, poll, self.report).await
    }

    /// Records are written the same way whether some were there before or not.
    async fn prove(&self, spec: &ValidationRecordSpec) -> Result<Performed> {
        site_records::prove(&self.performer.session, &self.resource.name, spec, self.report).await
    }

    async fn lead(&self, spec: &AliasRecordSpec) -> Result<Performed> {
        let distribution = ResourceId::new(Kind::Distribution, &self.performer.site);
        let Some(output) = self.outputs.get(&distribution) else {
            return Err(
                Error::failed("Could not lead the domain to the distribution").why("it was never made")
            );
        };
        site_records::lead(&self.performer.session, &self.resource.name, spec, output, self.report).await
    }

    /// What is part of a bucket is written the same way whether it was there before or not.
    async fn write_into_bucket(&self, spec: Spec) -> Result<Performed> {
        let (name, report) = (self.resource.name.as_str(), self.report);
        match spec {
            Spec::BucketSettings(spec) => {
                let bucket = self.bucket(name, spec.region.clone()).await?;
                let written = bucket_settings::write(&bucket, &spec, report).await?;
                if written.is_empty() {
                    return Ok(Performed::unneeded("every setting is as it should be"));
                }
                Ok(Performed::done(format!("set: {}", written.join(", "))))
            }
            Spec::BucketPolicy(spec) => {
                bucket_policy::write(&self.bucket(name, spec.region.clone()).await?, &spec, report).await?;
                Ok(Performed::done("set"))
            }
            Spec::Replication(spec) => {
                replication::write(&self.bucket(name, spec.region.clone()).await?, &spec, report).await?;
                Ok(Performed::done("set"))
            }
            Spec::Release(spec) => self.publish(&spec).await,
            Spec::Bucket(_)
            | Spec::ReplicationRole(_)
            | Spec::OriginAccessControl(_)
            | Spec::CachePolicy(_)
            | Spec::ResponseHeadersPolicy(_)
            | Spec::Function(_)
            | Spec::EdgeRole(_)
            | Spec::EdgeFunction(_)
            | Spec::Distribution(_)
            | Spec::Certificate(_)
            | Spec::ValidationRecord(_)
            | Spec::AliasRecord(_) => Ok(Performed::unneeded("it is no part of a bucket")),
        }
    }

    async fn publish(&self, spec: &ReleaseSpec) -> Result<Performed> {
        let Some(publication) = &self.performer.publication else {
            return Err(Error::failed("Could not publish the site's files")
                .why("the folder is not at hand")
                .hint("run the same command where the profile's folder is"));
        };
        let (session, site) = (self.performer.session.as_ref(), self.performer.site.as_str());
        publish(Job { session, site, publication, spec, report: self.report }).await
    }

    async fn await_deployed(&self, id: Option<String>) -> Result<Performed> {
        let Some(id) = id.as_deref().or(self.distribution_id()) else {
            return Err(Error::failed("Could not wait for the distribution").why("it was never made"));
        };
        let poll = Poll::for_deployment(&self.performer.session);
        let look = || async {
            // One that is gone has nothing more to carry out.
            let is_deployed = distribution::is_deployed(self.cloudfront(), id).await?.unwrap_or(true);
            Ok::<_, Refusal>(is_deployed.then_some(()))
        };
        let waiting_for = "every edge location to have the newest configuration";
        match until_steady(poll, waiting_for, self.report, look).await? {
            Some(()) => Ok(Performed::done("deployed")),
            None => Ok(Performed::unfinished("CloudFront is still at it; the next run waits on")),
        }
    }

    async fn empty(&self, bucket: ReleaseBucket) -> Result<Performed> {
        let bucket = self.bucket(&bucket.name, bucket.region).await?;
        if !bucket.is_there(&self.performer.site).await? {
            return Ok(Performed::unneeded("it is gone already"));
        }
        let removed = emptying::empty(&bucket, self.report).await?;
        Ok(Performed::done(format!("{removed} versions and uploads removed")))
    }

    fn edge_function(&self) -> edge_function::Named<'_> {
        let Performer { session, site, .. } = self.performer;
        let (client, name, report) = (session.lambda(), self.resource.name.as_str(), self.report);
        edge_function::Named { client, site, name, poll: Poll::for_function(session), report }
    }

    fn archive(&self, spec: &EdgeFunctionSpec) -> Option<&[u8]> {
        let code = spec.code.as_ref()?;
        self.performer.archives.get(code).map(Vec::as_slice)
    }

    /// The version that behaviours name since this run, or named before it, stays.
    async fn prune_versions(&self) -> Result<Performed> {
        match self.outputs.get(self.resource) {
            Some(output) => edge_function::prune(self.edge_function(), &output.arn).await,
            None => Ok(Performed::unneeded("no version is known to be in use")),
        }
    }

    async fn bucket(&self, name: &str, region: Region) -> Result<Bucket> {
        let named = ReleaseBucket { name: name.to_owned(), region };
        Bucket::reach(&self.performer.session, &named).await
    }

    fn cloudfront(&self) -> &aws_sdk_cloudfront::Client {
        self.performer.session.cloudfront()
    }

    fn distribution_id(&self) -> Option<&str> {
        let resource = ResourceId::new(Kind::Distribution, &self.performer.site);
        self.outputs.get(&resource).map(|output| output.id.as_str()).filter(|id| !id.is_empty())
    }

    fn distribution_arn(&self, id: &str) -> String {
        format!("arn:{}:cloudfront::{}:distribution/{id}", self.performer.partition, self.performer.account)
    }
}
