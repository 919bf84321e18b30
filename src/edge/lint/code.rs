//! What can be seen in the code without running it: the handler, the kind of module, the environment.

use super::CodeFile;
use crate::edge::finding::Finding;
use crate::edge::package::Package;
use crate::edge::runtime::{Language, holds_word};
use serde_json::Value as Json;

/// What is wrong with the file that Lambda calls.
pub(super) fn check_entry(package: &Package, files: &[CodeFile]) -> Vec<Finding> {
    let module = package.handler.split('.').next().unwrap_or_default();
    let is_entry = |file: &&CodeFile| {
        file.language == package.language && file.name.split_once('.').is_some_and(|(name, _)| name == module)
    };
    let Some(entry) = files.iter().find(is_entry) else { return Vec::new() };
    let mut findings: Vec<_> =
        [handler(entry), kind_of_module(package, entry)].into_iter().flatten().collect();
    if package.files.len() == 1 {
        findings.extend(neighbours(entry));
    }
    findings
}

fn handler(entry: &CodeFile) -> Option<Finding> {
    let (why, way_out) = match entry.language {
        Language::Node => (
            "Lambda calls `handler`",
            "export async function handler(event) { ... }, or exports.handler = ... in CommonJS",
        ),
        Language::Python => {
            ("Lambda calls `handler` or `lambda_handler`", "def lambda_handler(event, context): ...")
        }
    };
    let missing = entry.language.handler_in(&entry.text).is_none();
    missing.then(|| Finding::error("no handler is exported").file(&entry.shown).why(why).way_out(way_out))
}

/// Lambda reads a `.js` file as CommonJS unless a package.json says otherwise.
fn kind_of_module(package: &Package, entry: &CodeFile) -> Option<Finding> {
    let mut esm =
        entry.lines().filter(|(_, line)| line.starts_with("export ") || line.starts_with("import "));
    let mut common =
        entry.lines().filter(|(_, line)| line.starts_with("exports.") || line.starts_with("module.exports"));
    let is_module = entry.name.ends_with(".mjs") || (entry.name.ends_with(".js") && says_module(package));
    let (line, what, way_out) = match (entry.language, is_module) {
        (Language::Python, _) => return None,
        (Language::Node, false) => {
            let (line, _) = esm.next()?;
            (line, "import and export in a file that is read as CommonJS", "name it .mjs")
        }
        (Language::Node, true) => {
            let (line, _) = common.next()?;
            (
                line,
                "CommonJS exports in a file that is read as an ES module",
                "write `export`, or name it .cjs",
            )
        }
    };
    let why = "Lambda goes by the extension, and by `type` in package.json for .js";
    Some(Finding::error(what).file(&entry.shown).line(line).why(why).way_out(way_out))
}

/// Imports of files beside the only one that is packed.
fn neighbours(entry: &CodeFile) -> Vec<Finding> {
    let beginnings: &[&str] = match entry.language {
        Language::Node => &[
            "from '.",
            "from \".",
            "import '.",
            "import \".",
            "import('.",
            "import(\".",
            "require('.",
            "require(\".",
        ],
        Language::Python => &["from ."],
    };
    let imports = |line: &str| beginnings.iter().any(|beginning| line.contains(beginning));
    let lines = entry.lines().filter(|(_, line)| imports(line));
    let finding = |(number, _): (usize, &str)| {
        Finding::error("imports a file that is not packed")
            .file(&entry.shown)
            .line(number)
            .why("where `function` names one file, that file alone goes to AWS")
            .way_out("put the files into a folder of their own, with an index, and name the folder")
    };
    lines.map(finding).collect()
}

fn says_module(package: &Package) -> bool {
    let file = package.files.iter().find(|file| file.name == "package.json");
    let json: Option<Json> = file.and_then(|file| serde_json::from_slice(&file.bytes).ok());
    json.is_some_and(|json| json["type"] == "module")
}

/// Where the code reads an environment that it won't have. Lambda's own variables are there.
pub(super) fn check_environment(file: &CodeFile) -> Vec<Finding> {
    let reads: &[&str] = match file.language {
        Language::Node => &["process.env"],
        Language::Python => &["os.environ", "os.getenv"],
    };
    let reads_own = |line: &str| reads.iter().any(|read| line.contains(read)) && !names_variable_of_aws(line);
    let lines = file.lines().filter(|(_, line)| reads_own(line));
    lines
        .map(|(number, line)| {
            let read = reads.iter().find(|read| line.contains(*read)).unwrap_or(&reads[0]);
            Finding::warning(format!("{read} is empty at the edge"))
                .file(&file.shown)
                .line(number)
                .why("a function at the edge can't have environment variables (CloudFront guide: lambda-at-edge-function-restrictions)")
                .way_out("write the value into the code, or fetch it")
        })
        .collect()
}

fn names_variable_of_aws(line: &str) -> bool {
    [
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
    ]
    .into_iter()
    .any(|name| holds_word(line, name))
}
