//! Where files are kept and who looks at them, as the configuration says it. Every key is explained in
//! otklik-hub.example.toml.

use super::ScannerAddress;
use crate::bucket::Rate;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Where files are kept and who looks at them.
#[derive(Clone, Debug, PartialEq)]
pub struct FilesConfig {
    /// Where contents are kept.
    pub place: Place,
    /// The file with the key of the links; in the data folder, if none is named.
    pub key_file: Option<PathBuf>,
    /// The virus scanner.
    pub scanner: Option<ScannerAddress>,
    /// Files of one person.
    pub uploads: Rate,
    /// Their bytes.
    pub upload_bytes: Rate,
}

impl Default for FilesConfig {
    fn default() -> Self {
        let FilesFile { uploads, upload_bytes, .. } = FilesFile::default();
        Self { place: Place::Folder(None), key_file: None, scanner: None, uploads, upload_bytes }
    }
}

/// Where contents are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a folder; the folder `files` of the data folder, if none is named.
    Folder(Option<PathBuf>),
    /// In a bucket that speaks S3.
    Bucket(Bucket),
}

/// A bucket that speaks S3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Where it is, if not at the inventor of the protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Its region.
    #[serde(default = "usual_region")]
    pub region: String,
    /// The name of the key.
    pub key_id: String,
    /// A file with the key's secret on its first line.
    pub secret_file: PathBuf,
}

fn usual_region() -> String {
    "us-east-1".to_owned()
}

/// The table `files` of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilesFile {
    /// The folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The key of the links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// The virus scanner: `unix:PATH` or `tcp:HOST:PORT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scanner: Option<String>,
    /// Files of one person.
    pub uploads: Rate,
    /// Their bytes.
    pub upload_bytes: Rate,
    /// A bucket instead of the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
}

impl Default for FilesFile {
    fn default() -> Self {
        Self {
            folder: None,
            key_file: None,
            scanner: None,
            uploads: Rate { burst: 30, per_second: 0.2 },
            upload_bytes: Rate { burst: 300 * 1024 * 1024, per_second: 256.0 * 1024.0 },
            bucket: None,
        }
    }
}

impl FilesFile {
    /// What it says. Relative paths start at `from`.
    ///
    /// # Errors
    /// A sentence that says what makes no sense.
    pub(crate) fn config(self, from: &Path) -> Result<FilesConfig, String> {
        let Self { folder, key_file, scanner, uploads, upload_bytes, bucket } = self;
        let place = match (folder, bucket) {
            (Some(_), Some(_)) => return Err("files are kept in a folder or in a bucket, not in both".to_owned()),
            (None, Some(bucket)) => Place::Bucket(Bucket { secret_file: from.join(&bucket.secret_file), ..bucket }),
            (folder, None) => Place::Folder(folder.map(|folder| from.join(folder))),
        };
        for rate in [uploads, upload_bytes] {
            if rate.burst == 0 || !rate.per_second.is_finite() || rate.per_second <= 0.0 {
                return Err("a rate of files needs a burst of at least 1 and something per_second".to_owned());
            }
        }
        let scanner = scanner.map(|address| address.parse()).transpose()?;
        Ok(FilesConfig { place, key_file: key_file.map(|file| from.join(file)), scanner, uploads, upload_bytes })
    }
}
