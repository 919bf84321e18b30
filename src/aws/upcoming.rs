//! The site's files, which may still be read while AWS is looked at.

use crate::content::publication::Publication;
use crate::error::Result;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, ready};
use std::path::PathBuf;
use std::sync::Arc;

/// A publication that may still be in the making: what AWS holds is asked for meanwhile, and only comparing waits.
#[derive(Debug, Clone)]
pub struct Upcoming {
    /// Where manifests are kept between runs, if anywhere; see [`Publication::copies`].
    pub copies: Option<PathBuf>,
    made: Shared<BoxFuture<'static, Result<Arc<Publication>>>>,
}

impl Upcoming {
    /// What `making` comes to; `copies` is known before.
    pub fn new(
        copies: Option<PathBuf>,
        making: impl Future<Output = Result<Arc<Publication>>> + Send + 'static,
    ) -> Upcoming {
        Upcoming { copies, made: making.boxed().shared() }
    }

    /// The publication, once it is made.
    ///
    /// # Errors
    /// What kept it from being made.
    pub async fn made(&self) -> Result<Arc<Publication>> {
        self.made.clone().await
    }
}

impl From<Arc<Publication>> for Upcoming {
    fn from(publication: Arc<Publication>) -> Upcoming {
        Upcoming::new(publication.copies.clone(), ready(Ok(publication)))
    }
}
