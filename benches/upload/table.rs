//! The figures as a table for people.

use super::Case;
use super::clients::Client;
use super::measure::Took;
use super::server::Manner;
use super::site::Site;
use std::fmt;

/// One upload.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Who.
    pub client: Client,
    /// Of what.
    pub case: Case,
    /// What it took.
    pub took: Took,
    /// Requests that the server was asked.
    pub requests: u64,
    /// Connections that were opened.
    pub connections: u64,
    /// How often the server asked to slow down.
    pub slowdowns: u64,
}

/// All uploads so far.
#[derive(Debug, Default)]
pub struct Table {
    title: String,
    rows: Vec<Row>,
}

impl Table {
    /// Says what is uploaded, and to what kind of server.
    pub fn describe(&mut self, site: &Site, manner: &Manner) {
        let Manner { request, list, connection, puts_per_second, .. } = manner;
        let scheme = if manner.tls { "HTTPS" } else { "plain HTTP" };
        let megabytes = site.bytes as f64 / 1e6;
        let limit = puts_per_second.map_or("no limit".to_owned(), |most| format!("{most} PUTs a second"));
        self.title = format!(
            "{} files, {megabytes:.1} MB, {} folders; {scheme}, {} ms a request, {} ms a LIST, {} ms a new \
             connection, {limit}",
            site.files.len(),
            site.folders,
            request.as_millis(),
            list.as_millis(),
            connection.as_millis(),
        );
    }

    /// Takes in one more upload.
    pub fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    fn median(&self, client: Client, case: Case, figure: impl Fn(&Row) -> f64) -> Option<f64> {
        let fitting = self.rows.iter().filter(|row| row.client == client && row.case == case);
        middle(fitting.map(figure).collect())
    }

    /// The median over the runs of ours divided by theirs.
    fn ratio(&self, other: Client, case: Case, figure: impl Fn(&Row) -> f64) -> Option<f64> {
        let of = |client: Client| {
            let fitting = self.rows.iter().filter(move |row| row.client == client && row.case == case);
            fitting.map(&figure).collect::<Vec<f64>>()
        };
        middle(of(Client::Ours).into_iter().zip(of(other)).map(|(ours, theirs)| ours / theirs).collect())
    }
}

fn middle(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

fn told(figure: Option<f64>, digits: usize) -> String {
    figure.map_or("–".to_owned(), |figure| format!("{figure:.digits$}"))
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.title)?;
        writeln!(
            f,
            "| case | client | wall s | ours / theirs | CPU s | ours / theirs | MB | requests | connections | 503s |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|---|")?;
        for case in Case::ALL {
            for client in Client::ALL {
                let figure = |of: fn(&Row) -> f64| self.median(client, case, of);
                let ratio = |of: fn(&Row) -> f64| self.ratio(client, case, of);
                writeln!(
                    f,
                    "| {case:?} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                    client.name(),
                    told(figure(|row| row.took.wall), 2),
                    told(ratio(|row| row.took.wall), 2),
                    told(figure(|row| row.took.cpu), 2),
                    told(ratio(|row| row.took.cpu), 2),
                    told(figure(|row| row.took.memory), 0),
                    told(figure(|row| row.requests as f64), 0),
                    told(figure(|row| row.connections as f64), 0),
                    told(figure(|row| row.slowdowns as f64), 0),
                )?;
            }
        }
        Ok(())
    }
}
