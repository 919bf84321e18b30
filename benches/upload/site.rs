//! The site that is uploaded: always the same one for the same number of files.

use std::collections::BTreeSet;
use std::f64::consts::TAU;
use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Half of the files are smaller than this.
const MEDIAN: f64 = 4_500.0;

/// How far the logarithms of the sizes spread.
const SPREAD: f64 = 1.55;

/// No file is larger: what goes in parts is another subject.
const LARGEST: usize = 4_000_000;

/// How many files share a folder.
const FILES_A_FOLDER: usize = 18;

const ENDINGS: [&str; 10] = ["html", "html", "html", "js", "css", "png", "jpg", "svg", "json", "woff2"];
const NAMES: [&str; 5] = ["page", "Grüße aus Köln", "a & b (1)", "naïve+plan", "日本語"];

/// A stream of numbers that is always the same: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1, and never 0.
    fn fraction(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    fn size(&mut self) -> usize {
        let normal = (-2.0 * self.fraction().ln()).sqrt() * (TAU * self.fraction()).cos();
        ((MEDIAN * (SPREAD * normal).exp()) as usize).clamp(1, LARGEST)
    }

    fn bytes(&mut self, size: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(size + 8);
        while bytes.len() < size {
            bytes.extend(self.next().to_le_bytes());
        }
        bytes.truncate(size);
        bytes
    }
}

/// A site in a folder.
#[derive(Debug)]
pub struct Site {
    /// Its files, in the order in which they were made.
    pub files: Vec<PathBuf>,
    /// How many bytes they have together.
    pub bytes: u64,
    /// How many folders hold them.
    pub folders: usize,
}

/// Makes a site of that many files, the index page among them.
pub fn generate(folder: &Path, count: usize) -> io::Result<Site> {
    let mut numbers = Numbers(7);
    let mut site = Site { files: Vec::with_capacity(count), bytes: 0, folders: 0 };
    let mut folders = BTreeSet::new();
    for index in 0..count {
        let path = folder.join(name(index));
        let parent = path.parent().unwrap_or(folder).to_path_buf();
        if folders.insert(parent.clone()) {
            fs::create_dir_all(&parent)?;
        }
        let size = numbers.size();
        fs::write(&path, numbers.bytes(size))?;
        site.files.push(path);
        site.bytes += size as u64;
    }
    site.folders = folders.len();
    Ok(site)
}

fn name(index: usize) -> PathBuf {
    if index == 0 {
        return PathBuf::from("index.html");
    }
    let (folder, ending) = (index / FILES_A_FOLDER, ENDINGS[index % ENDINGS.len()]);
    let inner = format!("section {:02}/part-{folder:04}", folder % 20);
    PathBuf::from(inner).join(format!("{} {index:05}.{ending}", NAMES[index % NAMES.len()]))
}

/// Gives every file the same bytes and a new time, as a build does that writes everything anew.
pub fn touch(site: &Site) -> io::Result<()> {
    let times = FileTimes::new().set_modified(SystemTime::now());
    site.files.iter().try_for_each(|path| File::options().write(true).open(path)?.set_times(times))
}

/// Changes one file in a hundred and deletes another one in a hundred.
pub fn edit(site: &mut Site, round: u64) -> io::Result<()> {
    let mut numbers = Numbers(1_000 + round);
    let hundredth = (site.files.len() / 100).max(1);
    for index in 0..hundredth {
        let path = &site.files[1 + index * 50 % (site.files.len() - 1)];
        let size = fs::metadata(path)?.len() as usize;
        // Other bytes, and longer ones: some of the peers look only at sizes and times.
        fs::write(path, numbers.bytes(size + 1))?;
    }
    for path in site.files.split_off(site.files.len() - hundredth) {
        fs::remove_file(path)?;
    }
    Ok(())
}
