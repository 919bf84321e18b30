//! A bucket: whose it is, how it comes about, how it goes.

use super::attempt::Problem;
use super::direct::Direct;
use super::emptying;
use super::refusal::Refusal;
use super::session::{GLOBAL_REGION, Session};
use super::signed::address;
use crate::apply::{Reporter, retry};
use crate::blueprint::answers::Region;
use crate::blueprint::names::{SITE_TAG, is_account_regional};
use crate::blueprint::resource::ReleaseBucket;
use crate::error::{Error, Result};
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketNamespace, CreateBucketConfiguration, ObjectOwnership, Tag,
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a new bucket may stay invisible to some of S3, and how long two writes to its settings may be in
/// each other's way (aws-facts.md A.3).
pub const SETTLING: Duration = Duration::from_secs(2 * 60);

/// How long S3 may still be busy deleting a bucket of the same name (aws-facts.md G).
const NAME_BECOMES_FREE: Duration = Duration::from_secs(10 * 60);

/// How long a bucket is looked at again that only part of S3 knows: nobody is told meanwhile why it takes so long.
const LOOKED_AGAIN: Duration = Duration::from_secs(30);

/// The pause between two such looks.
const PAUSE: Duration = Duration::from_millis(500);

/// How many calls a bucket is looked at with at once.
const LOOKS_AT_ONCE: usize = 8;

/// Codes that pass by themselves while a bucket settles.
pub const UNSETTLED: &[&str] = &["NoSuchBucket", "OperationAborted"];

/// One bucket and what every call to it needs.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// S3 in the bucket's region.
    pub s3: Client,
    /// The same for what is called thousands of times.
    pub direct: Direct,
    /// Its name.
    pub name: String,
    /// Where it lives.
    pub region: Region,
    /// The account that it must belong to, said on every call.
    pub owner: String,
}

/// Whose a bucket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    Absent,
    /// It is this site's.
    Ours,
    /// It is in another region.
    Elsewhere(Region),
    /// It isn't this site's; the reason is for people.
    Foreign(String),
}

/// Opens connections to a bucket that is going to be looked at once it is known who calls.
pub async fn open_ahead_of_looking(session: &Session, bucket: &ReleaseBucket) {
    if let Ok(address) = address(&session.s3(&bucket.region), &bucket.name).await {
        session.direct(&bucket.region).connections().open_ahead(&address, LOOKS_AT_ONCE);
    }
}

impl Bucket {
    /// The bucket, reached through `session`, which must have been identified.
    pub async fn reach(session: &Session, bucket: &ReleaseBucket) -> Result<Bucket> {
        Ok(Bucket {
            s3: session.s3(&bucket.region),
            direct: session.direct(&bucket.region),
            name: bucket.name.clone(),
            region: bucket.region.clone(),
            owner: session.identify().await?.account.clone(),
        })
    }

    /// Opens connections to it until there are this many, while something else is waited for. One that can't be
    /// opened is missed by whoever needs it.
    pub async fn open_ahead(&self, wanted: usize) {
        if let Ok(address) = address(&self.s3, &self.name).await {
            self.direct.connections().open_ahead(&address, wanted);
        }
    }

    /// How long its quickest answer took, where there was one.
    pub async fn round_trip(&self) -> Option<Duration> {
        let address = address(&self.s3, &self.name).await.ok()?;
        self.direct.connections().round_trip(&address)
    }

    /// Whose it is.
    pub async fn standing(&self, site: &str) -> Result<Standing, Refusal> {
        once_settled(is_unsettled, || self.standing_now(site)).await
    }

    /// Whose it is, as far as all of S3 knows by now.
    pub(super) async fn standing_now(&self, site: &str) -> Result<Standing, Refusal> {
        let (head, tags) = tokio::join!(self.head(), self.tags());
        match head {
            Ok(()) => Ok(standing_of_tags(&tags?, site)),
            Err(refusal) => standing_of_refusal(refusal, &self.region),
        }
    }

    /// Whether it is there; an error when it isn't this site's.
    pub async fn is_there(&self, site: &str) -> Result<bool> {
        match self.standing(site).await? {
            Standing::Ours => Ok(true),
            Standing::Absent => Ok(false),
            Standing::Elsewhere(region) => Err(self.refused(&format!("it is in {region}"))),
            Standing::Foreign(why) => Err(self.refused(&why)),
        }
    }

    /// Makes it, or finds that an earlier run did.
    pub async fn create(&self, site: &str, report: &Reporter) -> Result<&'static str> {
        // In us-east-1 a second create of one's own bucket succeeds and resets its access list
        // (aws-facts.md A.3), so a bucket that exists must be found before, not by the create's answer.
        if self.is_there(site).await? {
            return Ok("it was there already");
        }
        let waiting_for = format!("S3 to free the name {}", self.name);
        let is_busy = |refusal: &Refusal| refusal.is("OperationAborted");
        retry::retry(NAME_BECOMES_FREE, &waiting_for, report, is_busy, || self.put(site)).await?;
        let waiting_for = format!("bucket {} to appear", self.name);
        let tags = retry::retry(
            SETTLING,
            &waiting_for,
            report,
            |refusal: &Refusal| refusal.is_any(UNSETTLED),
            || self.tags(),
        );
        match standing_of_tags(&tags.await?, site) {
            Standing::Ours => Ok("made"),
            Standing::Absent | Standing::Elsewhere(_) => Err(self.refused("it vanished")),
            Standing::Foreign(why) => Err(self.refused(&why)),
        }
    }

    /// Removes it; what it still holds goes before.
    pub async fn delete(&self, site: &str, report: &Reporter) -> Result<&'static str> {
        if !self.is_there(site).await? {
            return Ok("it was gone already");
        }
        let waiting_for = format!("bucket {} to be empty", self.name);
        let may_pass = |problem: &Problem| {
            problem.refusal().is_some_and(|refusal| refusal.is_any(&["BucketNotEmpty", "OperationAborted"]))
        };
        retry::retry(SETTLING, &waiting_for, report, may_pass, || self.remove(report)).await?;
        Ok("removed")
    }

    /// Words about this bucket for [`Refusal::to`].
    pub fn words(&self, verb: &str) -> String {
        format!("{verb} bucket {}", self.name)
    }

    async fn head(&self) -> Result<(), Refusal> {
        let call = self.s3.head_bucket().bucket(&self.name).expected_bucket_owner(&self.owner);
        let words = format!("{} in {} (S3 HeadBucket)", self.words("look for"), self.region);
        call.send().await.map(drop).map_err(Refusal::to("s3:ListBucket", words))
    }

    async fn tags(&self) -> Result<Vec<Tag>, Refusal> {
        let call = self.s3.get_bucket_tagging().bucket(&self.name).expected_bucket_owner(&self.owner);
        match call.send().await.map_err(Refusal::to("s3:GetBucketTagging", self.words("read the tags of"))) {
            Ok(answer) => Ok(answer.tag_set),
            Err(refusal) if refusal.is("NoSuchTagSet") => Ok(Vec::new()),
            Err(refusal) => Err(refusal),
        }
    }

    async fn put(&self, site: &str) -> Result<(), Refusal> {
        let broken = |error| Refusal::of_ours("s3:CreateBucket", self.words("create"), error);
        let tag = Tag::builder().key(SITE_TAG).value(site).build().map_err(broken)?;
        // us-east-1 must not be named (aws-facts.md A.3).
        let place = (self.region.as_str() != GLOBAL_REGION)
            .then(|| BucketLocationConstraint::from(self.region.as_str()));
        let configuration =
            CreateBucketConfiguration::builder().tags(tag).set_location_constraint(place).build();
        let namespace = is_account_regional(&self.name).then_some(BucketNamespace::AccountRegional);
        let call = self.s3.create_bucket().bucket(&self.name).set_bucket_namespace(namespace);
        let call = call
            .object_ownership(ObjectOwnership::BucketOwnerEnforced)
            .create_bucket_configuration(configuration);
        match call.send().await.map_err(Refusal::to("s3:CreateBucket", self.words("create"))) {
            // The answer to an earlier try was lost; its tags tell whether it is this site's.
            Err(refusal) if refusal.is("BucketAlreadyOwnedByYou") => Ok(()),
            other => other.map(drop),
        }
    }

    async fn remove(&self, report: &Reporter) -> Result<(), Problem> {
        match self.delete_bucket().await {
            // Replicas may arrive after the bucket was emptied (aws-facts.md G).
            Err(refusal) if refusal.is("BucketNotEmpty") => {
                emptying::empty(self, report).await?;
                Ok(self.delete_bucket().await?)
            }
            other => Ok(other?),
        }
    }

    async fn delete_bucket(&self) -> Result<(), Refusal> {
        let call = self.s3.delete_bucket().bucket(&self.name).expected_bucket_owner(&self.owner);
        match call.send().await.map_err(Refusal::to("s3:DeleteBucket", self.words("delete"))) {
            Err(refusal) if refusal.is_not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn refused(&self, why: &str) -> Error {
        Error::failed(format!("Could not use bucket {}", self.name))
            .why(why)
            .hint("nothing was changed; choose another bucket name in the profile")
    }
}

/// Looks again for a while where one part of S3 knows of a bucket and another does not, because it was made a moment
/// ago, or deleted (aws-facts.md A.3).
pub(super) async fn once_settled<T, E, F: Future<Output = Result<T, E>>>(
    is_unsettled: impl Fn(&E) -> bool,
    look: impl Fn() -> F,
) -> Result<T, E> {
    let deadline = Instant::now() + LOOKED_AGAIN;
    loop {
        match look().await {
            Err(error) if is_unsettled(&error) && Instant::now() < deadline => sleep(PAUSE).await,
            other => return other,
        }
    }
}

/// Whether a part of S3 says that there is no such bucket.
pub(super) fn is_unsettled(refusal: &Refusal) -> bool {
    refusal.is("NoSuchBucket")
}

fn standing_of_tags(tags: &[Tag], site: &str) -> Standing {
    match tags.iter().find(|tag| tag.key == SITE_TAG) {
        Some(tag) if tag.value == site => Standing::Ours,
        Some(tag) => Standing::Foreign(format!("it belongs to site {}", tag.value)),
        None => Standing::Foreign(format!("it has no tag {SITE_TAG}={site}")),
    }
}

fn standing_of_refusal(refusal: Refusal, asked: &Region) -> Result<Standing, Refusal> {
    let elsewhere = refusal.bucket_region.as_deref().filter(|region| *region != asked.as_str());
    if let Some(region) = elsewhere {
        return Ok(Standing::Elsewhere(Region(region.to_owned())));
    }
    if refusal.is_not_found() {
        return Ok(Standing::Absent);
    }
    if refusal.is_denied() {
        let why = "it belongs to another account, or may not be read with these credentials";
        return Ok(Standing::Foreign(why.to_owned()));
    }
    Err(refusal)
}
