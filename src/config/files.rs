use std::{fmt, path::PathBuf, str::FromStr};

use clap::Args;
use url::Url;

use super::{SecretText, accounts::parse_http_url};

/// Files: where their bytes lie, how large they may be, and what is made of images.
#[derive(Args, Clone, Debug)]
pub struct FileSettings {
    /// Where the bytes of files lie: a directory, or s3://BUCKET or s3://BUCKET/PREFIX of a service that speaks Amazon
    /// S3's protocol. Several servers on one database need the same [default: the directory files in the data
    /// directory].
    #[arg(long, env = "MINDLOOM_FILES", value_name = "DIR|S3-URL", global = true)]
    pub files: Option<FilesLocation>,

    /// Address of the S3 service, where it is not Amazon's own, such as http://127.0.0.1:9000.
    #[arg(long, env = "MINDLOOM_S3_ENDPOINT", value_name = "URL", global = true, value_parser = parse_http_url)]
    pub s3_endpoint: Option<Url>,

    /// Region of the S3 bucket.
    #[arg(
        long,
        env = "MINDLOOM_S3_REGION",
        value_name = "REGION",
        global = true,
        default_value = "us-east-1"
    )]
    pub s3_region: String,

    /// Name of the access key for S3; without it the machine's own role is asked for.
    #[arg(
        long,
        env = "MINDLOOM_S3_ACCESS_KEY_ID",
        value_name = "NAME",
        global = true,
        requires = "s3_secret_access_key"
    )]
    pub s3_access_key_id: Option<String>,

    /// The access key for S3.
    #[arg(
        long,
        env = "MINDLOOM_S3_SECRET_ACCESS_KEY",
        value_name = "KEY",
        global = true,
        hide_env_values = true
    )]
    pub s3_secret_access_key: Option<SecretText>,

    /// The largest file; a bucket may take less.
    #[arg(long, env = "MINDLOOM_MAX_FILE_BYTES", value_name = "BYTES", global = true, default_value_t = 5 << 30,
          value_parser = clap::value_parser!(u64).range(1..))]
    pub max_file_bytes: u64,

    /// Bytes that the files of an account may have together; 0 is without limit. Administrators have none.
    #[arg(
        long,
        env = "MINDLOOM_USER_MAX_FILE_BYTES",
        value_name = "BYTES",
        global = true,
        default_value_t = 0
    )]
    pub user_max_file_bytes: u64,

    /// The same for an anonymous account.
    #[arg(long, env = "MINDLOOM_ANONYMOUS_MAX_FILE_BYTES", value_name = "BYTES", global = true, default_value_t = 100 << 20)]
    pub anonymous_max_file_bytes: u64,

    /// How fast an upload has to come, beyond the time that MINDLOOM_BODY_TIMEOUT_MS gives to every body.
    #[arg(
        long,
        env = "MINDLOOM_UPLOAD_MIN_BYTES_PER_S",
        value_name = "BYTES",
        global = true,
        default_value_t = 4_096,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub upload_min_bytes_per_s: u64,

    /// How long an upload that can be resumed is kept after its last bytes came.
    #[arg(long, env = "MINDLOOM_UPLOAD_KEPT_HOURS", value_name = "HOURS", global = true, default_value_t = 24,
          value_parser = clap::value_parser!(u32).range(1..=720))]
    pub upload_kept_hours: u32,

    /// How many pixels an image may have of which another size is made. It is unpacked in memory, four bytes each.
    #[arg(long, env = "MINDLOOM_IMAGE_MAX_PIXELS", value_name = "COUNT", global = true, default_value_t = 25_000_000,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub image_max_pixels: u64,

    /// Disk space for images in other sizes that were made already; 0 keeps none.
    #[arg(
        long,
        env = "MINDLOOM_IMAGE_CACHE_BYTES",
        value_name = "BYTES",
        global = true,
        default_value_t = 512 << 20
    )]
    pub image_cache_bytes: u64,
}

/// Where bytes of files lie.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FilesLocation {
    /// A directory of this machine.
    Directory(PathBuf),
    /// A bucket of a service that speaks S3's protocol.
    S3 {
        /// The bucket.
        bucket: String,
        /// What the names of all objects begin with; may be empty.
        prefix: String,
    },
}

impl fmt::Display for FilesLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FilesLocation::Directory(path) => path.display().fmt(formatter),
            FilesLocation::S3 { bucket, prefix } if prefix.is_empty() => {
                write!(formatter, "s3://{bucket}")
            }
            FilesLocation::S3 { bucket, prefix } => write!(formatter, "s3://{bucket}/{prefix}"),
        }
    }
}

impl FromStr for FilesLocation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix("s3://") else {
            return match text.split_once("://") {
                _ if text.is_empty() => Err("allowed is a directory, or s3://BUCKET".to_owned()),
                Some((scheme, _)) => Err(format!(
                    "{scheme:?} is no place for files; allowed is a directory, or s3://BUCKET or s3://BUCKET/PREFIX"
                )),
                None => Ok(FilesLocation::Directory(PathBuf::from(text))),
            };
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if bucket.is_empty() || !bucket.chars().all(is_plain) {
            return Err(format!("{bucket:?} is no name of an S3 bucket"));
        }
        Ok(FilesLocation::S3 {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        for text in ["/srv/files", "s3://files", "s3://files/of/mine"] {
            let place: FilesLocation = text.parse().expect("a place");
            assert_eq!(place.to_string(), text);
        }
        for text in ["", "s3://", "s3:///x", "gs://x", "s3://a b"] {
            assert!(text.parse::<FilesLocation>().is_err(), "{text}");
        }
    }
}
