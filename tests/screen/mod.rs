//! The screen with a worker that answers at once, and what it looks like as text.

pub mod picture;
mod random;
pub mod site;
mod there;

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use sitecast::apply::Event;
use sitecast::apply::event::{Amount, Fact, Outcome, PlannedStep, RunOutcome};
use sitecast::blueprint::diff::Change;
use sitecast::blueprint::drift::{Drift, Theirs};
use sitecast::blueprint::inventory::ObservedZone;
use sitecast::blueprint::outlook;
use sitecast::blueprint::plan::{Action, Plan, Step};
use sitecast::blueprint::resource::Kind as ResourceKind;
use sitecast::blueprint::{self, Facts, FolderFacts, Inventory, Made};
use sitecast::error::{Error, Kind};
use sitecast::profile::proposal::proposed_rules;
use sitecast::status::panels::{ProbeAnswer, ProbeView, Warmth};
use sitecast::tui::dashboard::Attention;
use sitecast::tui::lookup::{Answer, BucketOwner, FoundBucket, FoundCertificate, Lookup};
use sitecast::tui::message::{Caller, FolderContents, FoundProfile, Planned, Replaced, RunEnd, WantedRecord};
use sitecast::tui::own_code::CodeFinding;
use sitecast::tui::state::{Happening, Setup, Start};
use sitecast::tui::{Command, Message, State, Theme, update, view};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub const COLOUR: Theme = Theme { colour: true, unicode: true };
pub const NO_COLOUR: Theme = Theme { colour: false, unicode: true };
pub const ASCII: Theme = Theme { colour: false, unicode: false };

/// What is in the folder of every site.
const FILES: &[&str] = &["index.html", "made/app.3f9a1c2b.js", "made/app.77c01d2e.css", "fonts/inter.woff2"];

pub const SIZES: [(u16, u16); 4] = [(80, 24), (120, 36), (60, 15), (39, 9)];

/// A worker without a disk and without AWS.
#[derive(Debug, Clone, Default)]
pub struct FakeWorker {
    /// What stands in each file.
    pub files: BTreeMap<PathBuf, String>,
    /// Profiles of other folders.
    pub recent: Vec<FoundProfile>,
    /// Whether nobody is signed in.
    pub signed_out: bool,
    /// Whether a run is left where it is, for looking at it.
    pub holds_runs: bool,
    /// What the person has to agree to lose.
    pub replaces: Vec<Replaced>,
    /// Another site that would be replaced.
    pub takeover: Option<Replaced>,
    /// What is in the way of a deploy.
    pub obstacles: Vec<String>,
    /// Whether AWS holds the distribution otherwise than the profile says.
    pub drifted: bool,
    /// The account's buckets.
    pub buckets: Vec<FoundBucket>,
    /// What is found in the person's own edge code.
    pub code: Vec<CodeFinding>,
    /// Whether AWS refuses whatever is looked up in it.
    pub lookups_refused: bool,
    /// Records that the person has to add.
    pub records: Vec<WantedRecord>,
    /// What was copied.
    pub copied: Vec<String>,
    /// What was printed plainly.
    pub printed: Vec<String>,
    /// How many things were taken back.
    pub undone: usize,
    /// Plans that were carried out.
    pub deploys: usize,
    /// How the site that is watched is.
    pub site_state: site::SiteState,
    /// How often a site was begun to be watched.
    pub watches: usize,
    /// What was told of whether somebody looks.
    pub attention: Vec<Attention>,
    /// The paths that edge locations were told to forget.
    pub invalidated: Vec<Vec<String>>,
    /// How often the failover was tried.
    pub drills: usize,
    /// Domains that public DNS leads to the site, whatever a teardown removes.
    pub still_led: Vec<String>,
    /// Teardowns that were carried out.
    pub teardowns: Vec<Plan>,
    /// The plan that was told last.
    pub planned: Option<Box<Planned>>,
}

impl FakeWorker {
    /// What comes of a command.
    pub fn perform(&mut self, command: Command) -> Vec<Message> {
        match command {
            Command::FindProfiles => vec![Message::ProfilesFound(self.profiles())],
            Command::Identify { sandbox } => vec![Message::Identified { sandbox, caller: self.caller() }],
            Command::Open { path } => match self.files.get(&path) {
                Some(text) => vec![Message::Opened { text: text.clone(), path }],
                None => vec![Message::OpenFailed(Error::usage("there is no such profile"))],
            },
            Command::Create { path, text, .. } if self.files.contains_key(&path) => {
                drop(text);
                vec![Message::CreateFailed(Error::usage(format!("{} exists already", path.display())))]
            }
            Command::Create { path, text, .. } => {
                self.files.insert(path.clone(), text.clone());
                vec![Message::Created { path, text }]
            }
            Command::Save { path, text } => {
                self.files.insert(path, text.clone());
                vec![Message::Saved { text }]
            }
            Command::LookAtFolder { folder, .. } => {
                let contents = FolderContents {
                    files: 12,
                    bytes: 340_000,
                    pages: vec!["404.html".into(), "index.html".into()],
                    proposals: proposed_rules(FILES),
                };
                vec![Message::FolderSeen { folder, contents: Ok(contents) }]
            }
            Command::LookUp { sandbox, lookup } => {
                let answer = self.answer(&lookup);
                vec![Message::LookedUp { sandbox, lookup, answer }]
            }
            Command::Plan { path, agreed, .. } => {
                let asked: Vec<_> = self.replaces.clone();
                match asked.iter().all(|replaced| agreed.contains(&replaced.name)) {
                    true => vec![self.plan(&path)],
                    false => vec![Message::Replaces(asked)],
                }
            }
            Command::Deploy => self.deploy(),
            Command::Undo { made } => self.undo(&made),
            Command::Print { lines } => {
                self.printed = lines;
                Vec::new()
            }
            Command::ComeBack => vec![Message::CameBack],
            Command::Copy { text } => {
                self.copied.push(text);
                Vec::new()
            }
            Command::Stop if self.holds_runs => vec![self.ended(RunOutcome::Interrupted)],
            Command::PlanTeardown { path, .. } => self.plan_teardown(&path),
            Command::TearDown { plan, .. } => self.tear_down(*plan),
            Command::Watch { .. } => self.watch(),
            Command::Unwatch => Vec::new(),
            Command::OnWatched(wish) => self.on_watched(wish),
            Command::Stop => Vec::new(),
        }
    }

    fn ended(&self, outcome: RunOutcome) -> Message {
        let go_on = "sitecast deploy shop.toml".to_owned();
        Message::RunEnded(Ok(RunEnd {
            outcome,
            address: None,
            distribution: None,
            troubles: Vec::new(),
            go_on,
        }))
    }

    /// Takes back all that was made, of which nothing was there before.
    fn undo(&mut self, made: &Made) -> Vec<Message> {
        self.undone = made.created.len();
        let mut plan = blueprint::undo("shop", "123456789012", made, &Inventory::default());
        plan.notices = vec!["stays: bucket/older, which is used by what was there before".to_owned()];
        vec![Message::UndoPlanned(Box::new(plan)), self.ended(RunOutcome::Done)]
    }

    fn profiles(&self) -> Vec<FoundProfile> {
        let found = |(path, _): (&PathBuf, &String)| FoundProfile {
            path: path.clone(),
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            about: "shop.example.com".into(),
            problems: 0,
            elsewhere: false,
            last: None,
        };
        self.files.iter().map(found).chain(self.recent.clone()).collect()
    }

    /// What the account holds: the zone of example.com, a certificate that waits, and this site's own bucket.
    fn answer(&self, lookup: &Lookup) -> Result<Answer, Error> {
        if self.lookups_refused {
            return Err(Error::failed("Could not look").why("these credentials may not do that"));
        }
        Ok(match lookup {
            Lookup::Zones => Answer::Zones(vec![ObservedZone {
                id: "Z1".into(),
                name: "example.com".into(),
                delegated: None,
            }]),
            Lookup::Certificates { .. } => Answer::Certificates(vec![FoundCertificate {
                arn: "arn:aws:acm:us-east-1:123456789012:certificate/1a2b".into(),
                issued: false,
            }]),
            Lookup::Buckets => Answer::Buckets(self.buckets.clone()),
            Lookup::Bucket { region, .. } if region == "eu-west-1" => Answer::Bucket(BucketOwner::Site),
            Lookup::Bucket { .. } => Answer::Bucket(BucketOwner::Nobody),
            Lookup::Code { .. } => Answer::Code(self.code.clone()),
        })
    }

    fn caller(&self) -> Result<Caller, Error> {
        if self.signed_out {
            let error = Error::new(Kind::Credentials, "Could not find usable AWS credentials");
            return Err(error
                .why("neither the environment nor the AWS configuration files hold any")
                .hint("run `aws configure sso`; `--sandbox` needs none"));
        }
        let arn = "arn:aws:iam::123456789012:user/ada".into();
        Ok(Caller { account: "123456789012".into(), arn })
    }

    fn plan(&mut self, path: &PathBuf) -> Message {
        let profile = match sitecast::profile::parse(&self.files[path], "site.toml") {
            Ok(profile) => profile,
            Err(problems) => return Message::Planned(Err(problems.into())),
        };
        let folder =
            FolderFacts { release: "r1".into(), files: 12, bytes: 340_000, extensionless: Vec::new() };
        let facts = Facts {
            account: "123456789012".into(),
            partition: "aws".into(),
            folder: Some(folder),
            edge: Default::default(),
        };
        let blueprint = blueprint::blueprint(&profile, &facts);
        let mut plan = match blueprint::plan(&blueprint, &Inventory::default()) {
            Ok(plan) => plan,
            Err(error) => return Message::Planned(Err(error)),
        };
        // Once the profile says what AWS has, nothing differs any more.
        let drifted = self.drifted && !self.files[path].contains("price_class = \"200\"");
        if drifted {
            drift(&mut plan);
        }
        let command = format!("sitecast deploy {}", path.display());
        let planned = Box::new(Planned {
            address: None,
            usual_seconds: Some((360, 900)),
            expected_seconds: outlook::expected_seconds(&plan),
            drift: if drifted { drifts(&plan) } else { Vec::new() },
            costs: outlook::costs(&profile, &plan),
            plain_command: command.clone(),
            command,
            doubts: vec!["the certificate of shop.example.com expires in 20 days".to_owned()],
            obstacles: self.obstacles.clone(),
            takeover: self.takeover.clone(),
            plan,
        });
        self.planned = Some(planned.clone());
        Message::Planned(Ok(planned))
    }

    fn deploy(&mut self) -> Vec<Message> {
        self.deploys += 1;
        let planned = self.planned.take().unwrap();
        let mut messages = self.events(&planned.plan);
        messages.push(Message::RecordsWanted(self.records.clone()));
        if !self.holds_runs {
            messages.push(Message::RunEnded(Ok(RunEnd {
                outcome: RunOutcome::Done,
                address: Some("https://shop.example.com/".into()),
                distribution: Some("d111111abcdef8.cloudfront.net".into()),
                troubles: Vec::new(),
                go_on: planned.command.clone(),
            })));
            messages.push(Message::SiteAnswered(answers()));
        }
        messages
    }

    /// What happens when a plan is carried out, to its end or to its middle.
    fn events(&self, plan: &Plan) -> Vec<Message> {
        let steps = &plan.steps;
        let mut facts = vec![started(plan)];
        let running = if self.holds_runs { steps.len() / 2 } else { steps.len() };
        for step in &steps[..running] {
            facts.extend([begun(step), finished(step)]);
        }
        if self.holds_runs {
            facts.extend(underway(&steps[running..]));
            facts.extend(steps.iter().filter(|_| !self.records.is_empty()).flat_map(awaiting_dns));
        }
        let stamped = |(seq, fact): (usize, Fact)| {
            let elapsed_ms = 1_500 * seq as u64;
            Message::Happened(Event { ts: 0, seq: seq as u64 + 1, elapsed_ms, fact })
        };
        facts.into_iter().enumerate().map(stamped).collect()
    }
}

/// Changes the first distribution step into one that puts right what somebody changed by hand.
fn drift(plan: &mut Plan) {
    let is_distribution = |step: &&mut Step| step.resource.kind == ResourceKind::Distribution;
    let step = plan.steps.iter_mut().find(is_distribution).unwrap();
    let change = |field: &str, from: Option<&str>, to: &str| Change {
        field: field.to_owned(),
        from: from.map(str::to_owned),
        to: Some(to.to_owned()),
    };
    step.action = Action::Update;
    step.reason = "the distribution differs from the profile".to_owned();
    step.changes = vec![
        change("price_class", Some("200"), "all"),
        change("comment", None, "the site shop, made and kept by sitecast; changes by hand are undone"),
    ];
}

/// What of those changes somebody made by hand.
fn drifts(plan: &Plan) -> Vec<Drift> {
    let step = plan.steps.iter().find(|step| !step.changes.is_empty()).unwrap();
    let theirs = [
        Theirs::Answers(vec![("distribution.price_class".to_owned(), "200".to_owned())]),
        Theirs::Inexpressible("the buckets alone are the site's origins".to_owned()),
    ];
    let of = |(change, theirs): (&Change, Theirs)| Drift {
        step: step.id.clone(),
        resource: step.resource.clone(),
        change: change.clone(),
        theirs,
    };
    step.changes.iter().zip(theirs).map(of).collect()
}

/// The step that waits until public DNS proves the domains.
fn awaiting_dns(step: &Step) -> Vec<Fact> {
    if step.resource.kind != ResourceKind::Certificate || step.action != Action::Await {
        return Vec::new();
    }
    let message = "the certificate: shop.example.com is yet to be proven".to_owned();
    let (id, resource) = (step.id.clone(), step.resource.clone());
    vec![begun(step), Fact::StepWaiting { step: id, resource, message }]
}

fn started(plan: &Plan) -> Fact {
    let steps = plan.steps.iter().map(|step| PlannedStep {
        step: step.id.clone(),
        resource: step.resource.clone(),
        action: step.action,
        stage: step.stage,
        after: step.after.clone(),
    });
    Fact::RunStarted { site: plan.site.clone(), account: plan.account.clone(), steps: steps.collect() }
}

fn begun(step: &Step) -> Fact {
    Fact::StepStarted { step: step.id.clone(), resource: step.resource.clone(), action: step.action }
}

fn finished(step: &Step) -> Fact {
    let (step, resource) = (step.id.clone(), step.resource.clone());
    Fact::StepFinished { step, resource, outcome: Outcome::Done, message: String::new() }
}

/// One step that waits, one that gets further.
fn underway(steps: &[Step]) -> Vec<Fact> {
    let amount = Amount { files: 5, files_total: 12, bytes: 120_000, bytes_total: 340_000 };
    let (first, second) = (&steps[0], &steps[1]);
    let message = "every edge location".to_owned();
    vec![
        begun(first),
        Fact::StepWaiting { step: first.id.clone(), resource: first.resource.clone(), message },
        begun(second),
        Fact::StepProgressed { step: second.id.clone(), resource: second.resource.clone(), amount },
    ]
}

/// The screen and its worker, without a loop between them.
#[derive(Debug, Clone)]
pub struct Driver {
    pub state: State,
    pub worker: FakeWorker,
}

impl Driver {
    pub fn new(worker: FakeWorker, theme: Theme, size: (u16, u16)) -> Self {
        let mut state = State::new(setup(theme, Start::Welcome), size);
        let commands = update::begin(&mut state, &Start::Welcome);
        let mut driver = Driver { state, worker };
        driver.perform(commands);
        driver
    }

    /// Takes in what happened, and all that comes of it.
    pub fn happen(&mut self, input: Input) {
        let commands = update::update(&mut self.state, Happening::Input(input), 40_000);
        self.perform(commands);
    }

    fn perform(&mut self, mut commands: Vec<Command>) {
        while !commands.is_empty() {
            let messages: Vec<_> =
                commands.drain(..).flat_map(|command| self.worker.perform(command)).collect();
            for message in messages {
                commands.extend(update::update(&mut self.state, Happening::Told(Box::new(message)), 40_000));
            }
        }
    }

    /// Presses keys, as [`script`] reads them.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        script(keys).into_iter().for_each(|input| self.happen(input));
        self
    }

    /// The frame, at the size that the state has.
    pub fn frame(&self) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(self.state.size.0, self.state.size.1)).unwrap();
        terminal.draw(|frame| view::view(&self.state, frame)).unwrap();
        terminal.backend().buffer().clone()
    }
}

pub fn setup(theme: Theme, start: Start) -> Setup {
    Setup { theme, start, sandbox: false }
}

/// Keys as text: letters are typed, and names stand between angle brackets: `<enter>`, `<alt-3>`, `<ctrl-z>`.
pub fn script(keys: &str) -> Vec<Input> {
    let mut inputs = Vec::new();
    let mut rest = keys;
    while let Some(letter) = rest.chars().next() {
        if letter == '<' {
            let (name, after) = rest[1..].split_once('>').unwrap();
            inputs.push(named(name));
            rest = after;
        } else {
            inputs.push(key(KeyCode::Char(letter), KeyModifiers::NONE));
            rest = &rest[letter.len_utf8()..];
        }
    }
    inputs
}

fn named(name: &str) -> Input {
    let letter = |rest: &str| KeyCode::Char(rest.chars().next().unwrap());
    match name.split_once('-') {
        Some(("ctrl", rest)) => return key(letter(rest), KeyModifiers::CONTROL),
        Some(("alt", "up")) => return key(KeyCode::Up, KeyModifiers::ALT),
        Some(("alt", "down")) => return key(KeyCode::Down, KeyModifiers::ALT),
        Some(("alt", rest)) => return key(letter(rest), KeyModifiers::ALT),
        _ => {}
    }
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "pgdn" => KeyCode::PageDown,
        "pgup" => KeyCode::PageUp,
        "f1" => KeyCode::F(1),
        other => panic!("no key is called {other}"),
    };
    key(code, KeyModifiers::NONE)
}

pub fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
    Input::Key(KeyEvent::new(code, modifiers))
}

/// A frame as text, with the styles of each row below it.
pub fn painted(buffer: &Buffer, with_styles: bool) -> String {
    let area = buffer.area;
    let rows = || buffer.content.chunks(usize::from(area.width).max(1));
    let mut text = format!("{}x{}\n", area.width, area.height);
    for row in rows() {
        let cells: String = row.iter().map(Cell::symbol).collect();
        text += &format!("|{}\n", cells.trim_end());
    }
    let styles = rows().enumerate().filter_map(|(number, row)| row_styles(number, row));
    if with_styles { text + &styles.collect::<String>() } else { text }
}

/// Which columns of a row have which style; nothing for a row in the terminal's own.
fn row_styles(number: usize, row: &[Cell]) -> Option<String> {
    let style = |cell: &Cell| format!("{}{}", cell.fg, modifiers(cell));
    let mut runs: Vec<(usize, usize, String)> = Vec::new();
    for (column, cell) in row.iter().enumerate().filter(|(_, cell)| style(cell) != "Reset") {
        let style = style(cell);
        match runs.last_mut() {
            Some((_, end, last)) if *end + 1 == column && *last == style => *end = column,
            Some(_) | None => runs.push((column, column, style)),
        }
    }
    let told: Vec<String> = runs.iter().map(|(start, end, style)| format!("{start}-{end} {style}")).collect();
    (!told.is_empty()).then(|| format!("{number}: {}\n", told.join(", ")))
}

fn modifiers(cell: &Cell) -> String {
    cell.modifier.iter_names().map(|(name, _)| format!("+{}", name.to_lowercase())).collect()
}

/// What a visitor gets from a site that was just deployed.
fn answers() -> Vec<ProbeView> {
    let answer = |warmth, x_cache: &str| ProbeView {
        url: "https://d111111abcdef8.cloudfront.net/".into(),
        warmth,
        answer: Ok(ProbeAnswer {
            status: 200,
            x_cache: Some(format!("{x_cache} from cloudfront")),
            age_seconds: None,
            edge_location: Some("FRA56-P4".into()),
            tls: Some("TLS 1.3".into()),
            connect_milliseconds: None,
            first_byte_milliseconds: 40,
        }),
    };
    vec![answer(Warmth::Cold, "Miss"), answer(Warmth::Warm, "Hit")]
}
