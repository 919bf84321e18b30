//! A profile brought together with its folder and the account: what every command on a site begins with.

use super::left_out::left_out;
use super::public_dns::Lookups;
use super::reading::{files, made, say_if_slow};
use super::renamed;
use super::sandbox::{self, Inside};
use super::takeover::{self, Takeover};
use super::{Console, profile_path};
use crate::aws::bucket::open_ahead_of_looking;
use crate::aws::facts;
use crate::aws::observe_site;
use crate::aws::profile_copy::{self, Copied};
use crate::aws::publication::Publication;
use crate::aws::session::{ConnectOptions, Identity, Session};
use crate::aws::upcoming::Upcoming;
use crate::aws::watch::{Part, Watch};
use crate::blueprint::answers::Region;
use crate::blueprint::domains::main_domain;
use crate::blueprint::resource::ReleaseBucket;
use crate::blueprint::{self, Blueprint, Facts, FolderFacts, Inventory, Plan};
use crate::dns::Resolver;
use crate::edge;
use crate::edge::prepare::{Need, Prepared};
use crate::error::{Error, Kind, Result};
use crate::profile::{self, Loaded, Profile};
use crate::status::Intended;
use futures::future::join_all;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether a command can do without the site's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// It publishes them.
    Needed,
    /// It publishes them, and looks into the buckets for what was changed behind our back.
    Verified,
    /// It only compares, and leaves files out where the folder is not there.
    IfThere,
    /// It has no use for them.
    Unused,
}

impl Folder {
    /// What a plan needs of the site's files.
    pub fn for_plan(verify: bool) -> Folder {
        if verify { Folder::Verified } else { Folder::Needed }
    }
}

/// A site as the profile, the folder and AWS show it.
pub struct Site {
    /// The profile with its file.
    pub loaded: Loaded,
    /// The connection to AWS.
    pub connection: Connection,
    /// The folder's files with what publishing them needs, where they were read.
    pub publication: Option<Arc<Publication>>,
    /// What the blueprint was drawn from beside the profile.
    pub facts: Facts,
    /// The edge functions, packed, where they were read.
    pub edge: Prepared,
    /// What the profile asks for.
    pub blueprint: Blueprint,
    /// What AWS holds.
    pub inventory: Inventory,
    /// What tells that the site was deployed from another profile, where something does.
    pub takeover: Option<Takeover>,
}

/// A profile with a connection, whose folder is still being read: AWS need not be kept waiting for that.
pub struct Start {
    /// The profile with its file.
    pub loaded: Loaded,
    /// The connection to AWS.
    pub connection: Connection,
    console: Console,
    folder: Folder,
    files: Option<Upcoming>,
}

/// What the folder and the profile come to.
type Drawn = (Option<Arc<Publication>>, Facts, Prepared, Blueprint);

impl Start {
    /// Reads the profile, begins to read the folder, and connects.
    pub async fn open(console: &Console, file: &Path, folder: Folder) -> Result<Start> {
        let loaded = load(console, file)?;
        let files = files(&loaded, folder);
        let connection = connect(console, Some(&loaded.profile)).await?;
        Ok(Start { loaded, connection, console: console.clone(), folder, files })
    }

    /// Looks at AWS while the folder is read.
    pub async fn look(self) -> Result<Site> {
        let (console, file) = (self.console.clone(), self.loaded.path.clone());
        self.site().await.map_err(|error| console.naming_profile(&file, error))
    }

    async fn site(self) -> Result<Site> {
        let (inventory, drawn) = tokio::try_join!(self.observe(), self.draw())?;
        let ground = self.holding(drawn);
        let takeover = match ground.folder {
            Folder::Needed | Folder::Verified => ground.other_site(&inventory).await?,
            Folder::IfThere | Folder::Unused => None,
        };
        Ok(Site { takeover, ..ground.holding(inventory) })
    }

    async fn draw(&self) -> Result<Drawn> {
        let reading = made(self.files.as_ref());
        let publication = say_if_slow(&self.console, &self.loaded.folder, reading).await?;
        let (facts, edge, blueprint) =
            draw(&self.loaded, &self.connection.identity, self.folder, publication.as_deref()).await?;
        Ok((publication, facts, edge, blueprint))
    }

    /// What AWS holds: where to look is known without the folder.
    async fn observe(&self) -> Result<Inventory> {
        let places = blueprint::blueprint(&self.loaded.profile, &facts(&self.connection.identity, None));
        self.connection.observe(&places, self.files.as_ref()).await
    }

    fn holding(self, (publication, facts, edge, blueprint): Drawn) -> Ground {
        let Start { loaded, connection, folder, console: _, files: _ } = self;
        Ground { loaded, connection, publication, facts, edge, blueprint, folder }
    }
}

/// A site as the profile and the folder show it, with a connection by which AWS can be looked at.
pub struct Ground {
    /// The profile with its file.
    pub loaded: Loaded,
    /// The connection to AWS.
    pub connection: Connection,
    /// The folder's files with what publishing them needs, where they were read.
    pub publication: Option<Arc<Publication>>,
    /// What is known of the account and the folder.
    pub facts: Facts,
    /// The edge functions, packed, where they were read.
    pub edge: Prepared,
    /// What the profile asks for.
    pub blueprint: Blueprint,
    folder: Folder,
}

impl Ground {
    /// Reads the profile and the folder, and connects; the folder is read while AWS answers.
    pub async fn open(console: &Console, file: &Path, folder: Folder) -> Result<Ground> {
        let start = Start::open(console, file, folder).await?;
        let drawn = start.draw().await.map_err(|error| console.naming_profile(file, error))?;
        Ok(start.holding(drawn))
    }

    /// What tells that the deployed site is not the one of this profile, where something would change.
    async fn other_site(&self, inventory: &Inventory) -> Result<Option<Takeover>> {
        let (loaded, session) = (&self.loaded, &self.connection.session);
        renamed::insist_on_name(loaded, session, inventory).await?;
        takeover::told(loaded, session, &self.blueprint, inventory, self.facts.folder.as_ref()).await
    }

    /// What AWS holds.
    ///
    /// # Errors
    /// When AWS refuses to tell.
    pub async fn observe(&self) -> Result<Inventory> {
        let files = self.publication.clone().map(Upcoming::from);
        self.connection.observe(&self.blueprint, files.as_ref()).await
    }

    /// The site, of which AWS holds this.
    pub fn holding(self, inventory: Inventory) -> Site {
        let Ground { loaded, connection, publication, facts, edge, blueprint, folder: _ } = self;
        Site { loaded, connection, publication, facts, edge, blueprint, inventory, takeover: None }
    }
}

/// What a profile asks for with the folder as it is by now.
pub async fn intended(loaded: &Loaded, identity: &Identity) -> Result<Intended> {
    let publication = made(files(loaded, Folder::IfThere).as_ref()).await?;
    let (_, _, blueprint) = draw(loaded, identity, Folder::IfThere, publication.as_deref()).await?;
    Ok(Intended { blueprint, publication })
}

/// Packs the edge functions, and draws the blueprint.
async fn draw(
    loaded: &Loaded,
    identity: &Identity,
    folder: Folder,
    publication: Option<&Publication>,
) -> Result<(Facts, Prepared, Blueprint)> {
    let facts = facts(identity, publication);
    let edge = edge_code(loaded, folder, facts.folder.as_ref()).await?;
    let facts = Facts { edge: edge.code.clone(), ..facts };
    let blueprint = blueprint::blueprint(&loaded.profile, &facts);
    Ok((facts, edge, blueprint))
}

impl Site {
    /// Reads the profile and the folder, and looks at AWS.
    pub async fn open(console: &Console, file: &Path, folder: Folder) -> Result<Site> {
        Start::open(console, file, folder).await?.look().await
    }

    /// What AWS holds by now.
    pub async fn look_again(&self) -> Result<Inventory> {
        let files = self.publication.clone().map(Upcoming::from);
        self.connection.observe(&self.blueprint, files.as_ref()).await
    }

    /// The plan that makes AWS what the profile says.
    pub fn plan(&self) -> Result<Plan> {
        let mut plan = blueprint::plan(&self.blueprint, &self.inventory)?;
        plan.notices.extend(self.takeover.as_ref().map(|takeover| takeover.why.clone()));
        if self.publication.is_none() {
            let folder = self.loaded.folder.display();
            plan.notices.push(format!("files were not compared: there is no folder {folder}"));
        }
        plan.notices.extend(self.publication.as_ref().and_then(|files| left_out(&files.release)));
        plan.notices.extend(self.edge.notices.iter().cloned());
        plan.notices.extend(self.unpractised(&plan));
        Ok(plan)
    }

    /// What the sandbox leaves out where it serves the site.
    fn unpractised(&self, plan: &Plan) -> Option<String> {
        let has_functions = !self.loaded.profile.edge.is_empty() && plan.changes_aws();
        let words = "the sandbox serves the site without running its edge functions";
        (has_functions && self.connection.sandbox.is_some())
            .then(|| format!("{words}; to run one here: sitecast edge test {} NAME", self.file()))
    }

    /// Leaves the profile in the site's buckets, for whoever loses the file.
    pub async fn leave_profile(&self) -> Result<()> {
        let file = renamed::mark(&self.loaded.path);
        let copied = Copied { text: &self.loaded.text, file: file.as_deref() };
        profile_copy::renew(&self.connection.session, &self.blueprint.buckets, copied).await
    }

    /// The domains that the profile has.
    pub fn domains(&self) -> &[String] {
        self.blueprint.domains.as_ref().map(|domains| domains.names.as_slice()).unwrap_or_default()
    }

    /// The domain under which visitors are to know the site.
    pub fn main_domain(&self) -> Option<String> {
        main_domain(self.loaded.profile.https.as_ref()?)
    }

    /// Asks public DNS which of the domains that the site lets go of still lead to it, by records that it does not
    /// remove itself. Nothing is asked where there are none.
    pub async fn look_who_leads_here(&mut self, kept: &[String]) {
        let Some(distribution) = &self.inventory.distribution else { return };
        let domains = blueprint::zones::let_go(&self.inventory, kept);
        let (resolver, host) = (&self.connection.resolver, &distribution.output.domain);
        let looking = domains
            .into_iter()
            .map(|domain| async { resolver.points_at(&domain, host).await.then_some(domain) });
        self.inventory.https.still_pointing = join_all(looking).await.into_iter().flatten().collect();
    }

    /// What looks for the DNS records of the site's domains, where it has any.
    pub fn lookups(&self) -> Option<Lookups> {
        let Connection { resolver, session, .. } = &self.connection;
        let domains = self.blueprint.domains.clone()?;
        Some(Lookups::new(resolver.clone(), session.clone(), domains))
    }

    /// The profile's file as it is to be typed.
    pub fn file(&self) -> String {
        shell_word(&self.loaded.path.display().to_string())
    }
}

/// Refuses to let go of domains that public DNS still leads to the site, unless the person wants that.
///
/// # Errors
///
/// Unfinished while there are such domains.
pub async fn insist_on_dns(site: &mut Site, kept: &[String], leave_dns: bool) -> Result<()> {
    if leave_dns {
        return Ok(());
    }
    site.look_who_leads_here(kept).await;
    let pointing = leading_here(site, kept);
    if pointing.is_empty() {
        return Ok(());
    }
    Err(Error {
        causes: pointing,
        ..Error::new(Kind::WaitsForYou, "The domains can't be let go of yet; nothing was changed")
    }
    .hint("remove their DNS records, wait until public DNS has forgotten them, and run the same command again; --leave-dns goes on regardless"))
}

/// The domains that would be let go of while public DNS leads them to the site, in words.
pub fn leading_here(site: &Site, kept: &[String]) -> Vec<String> {
    let pointing = blueprint::zones::left_pointing(&site.inventory, kept).into_iter();
    pointing.map(|domain| format!("public DNS still leads {domain} to the site")).collect()
}

/// The domains that public DNS leads to the site by records that a teardown does not remove.
pub async fn led_here_now(site: &mut Site) -> Vec<String> {
    site.look_who_leads_here(&[]).await;
    blueprint::zones::left_pointing(&site.inventory, &[])
}

/// Reads a profile, and says what is doubtful about it.
pub fn load(console: &Console, file: &Path) -> Result<Loaded> {
    let loaded = load_quietly(console, file)?;
    say_doubts(console, &loaded.text, file);
    Ok(loaded)
}

/// Reads a profile whose answers are about to change, so that nobody need hear what is doubtful about it now.
pub fn load_quietly(console: &Console, file: &Path) -> Result<Loaded> {
    let found = std::fs::metadata(file).map_err(|cause| profile_path::unread(file, cause))?;
    if found.is_dir() {
        return Err(is_a_folder(file));
    }
    profile::load_in(file, console.problem_colour())
}

/// Says what may not do what was meant by a profile that can be used.
pub fn say_doubts(console: &Console, text: &str, file: &Path) {
    let reading = profile::read(text, &file.display().to_string());
    let placeholders = if console.flags().sandbox { Vec::new() } else { profile::placeholders(&reading) };
    let mut doubts = reading.problems;
    doubts.problems.extend(placeholders);
    if !doubts.problems.is_empty() {
        console.say(doubts.render(console.problem_colour()));
    }
}

fn is_a_folder(folder: &Path) -> Error {
    let error = Error::usage(format!("{} is a folder, not a profile", folder.display()));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_toml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "toml");
    let mut inside: Vec<_> = entries.filter(is_toml).collect();
    inside.sort();
    let profiles = profile_path::beside_folder(folder).into_iter().chain(inside);
    let names: Vec<_> = profiles.map(|path| shell_word(&path.display().to_string())).collect();
    error.hint(match names.as_slice() {
        [] => "there is no .toml file in it; `sitecast new` makes a profile".to_owned(),
        _ => format!("name one of these: {}", names.join(" ")),
    })
}

/// A connection to AWS, or to the sandbox.
pub struct Connection {
    /// The connection.
    pub session: Arc<Session>,
    /// Who calls.
    pub identity: Identity,
    /// Who is asked what DNS says.
    pub resolver: Resolver,
    /// Keeps the sandbox running for as long as it is called.
    sandbox: Option<Inside>,
}

impl Connection {
    async fn observe(&self, blueprint: &Blueprint, files: Option<&Upcoming>) -> Result<Inventory> {
        observe_site(&self.session, blueprint, files, &self.resolver).await
    }
}

/// Connects to AWS, says in which account, and refuses another than the expected one.
pub async fn connect(console: &Console, profile: Option<&Profile>) -> Result<Connection> {
    let sandbox = sandbox::inside(console).await?;
    let options = ConnectOptions {
        aws_profile: console.flags().aws_profile.clone(),
        region: profile.map(|profile| profile.distribution.region.clone()),
        sandbox: sandbox.as_ref().map(|inside| inside.running.url()),
        poll: sandbox.as_ref().and_then(|inside| inside.poll),
        watch: watch(console),
    };
    let of_sandbox = sandbox.as_ref().and_then(|inside| inside.running.dns_address());
    let resolver = console.flags().resolver.or(of_sandbox).map_or_else(Resolver::system, Resolver::at);
    let session = Arc::new(Session::connect(options).await?);
    for bucket in profile.map(pinned).unwrap_or_default() {
        open_ahead_of_looking(&session, &bucket).await;
    }
    let identity = session.identify().await?.clone();
    console.say(format!("account {} as {}", identity.account, identity.arn));
    match &console.flags().expect_account {
        Some(expected) if *expected != identity.account => Err(Error::usage(format!(
            "these credentials belong to account {}, not {expected}; nothing was changed",
            identity.account
        ))
        .hint("choose other credentials with --aws-profile NAME")),
        _ => Ok(Connection { session, identity, resolver, sandbox }),
    }
}

/// The buckets that the profile names; the names of others hang on who calls.
fn pinned(profile: &Profile) -> Vec<ReleaseBucket> {
    let primary = (&profile.distribution.bucket, &profile.distribution.region);
    let backup = profile.failover.as_ref().map(|failover| (&failover.bucket, &failover.region));
    let named = |(name, region): (&Option<String>, &Region)| {
        Some(ReleaseBucket { name: name.clone()?, region: region.clone() })
    };
    [Some(primary), backup].into_iter().flatten().filter_map(named).collect()
}

/// With `-v` each call is told when it is over, with `-vv` each attempt.
fn watch(console: &Console) -> Watch {
    let wanted = match console.flags().verbose {
        0 => return Watch::nobody(),
        1 => Part::Whole,
        _ => Part::Attempt,
    };
    let console = console.clone();
    Watch::new(move |call| {
        if call.part == wanted {
            console.trace(&call.to_string());
        }
    })
}

/// Packs the edge functions. Code of the person's own lies where the profile says, as seen from the profile.
async fn edge_code(loaded: &Loaded, need: Folder, folder: Option<&FolderFacts>) -> Result<Prepared> {
    let need = match need {
        Folder::Unused => return Ok(Prepared::default()),
        Folder::Needed | Folder::Verified => Need::Deploy,
        Folder::IfThere => Need::Compare,
    };
    let functions = blueprint::edge::functions(&loaded.profile, folder);
    let place = loaded.path.parent().unwrap_or(Path::new("")).to_owned();
    let packing = tokio::task::spawn_blocking(move || edge::prepare::prepare(&functions, &place, need));
    packing.await.map_err(|error| Error::failed("can't read the edge functions").because(error))?
}

/// A word as a POSIX shell reads it back.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_survives_the_shell() {
        assert_eq!(shell_word("./site.toml"), "./site.toml");
        assert_eq!(shell_word("Bob's site.toml"), r"'Bob'\''s site.toml'");
    }
}
