//! Fetching what people sent, from where Discord keeps it and from nowhere else.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use discord_http::Url;

use super::wire::Wire;
use crate::domain::consultation::{FileReference, Unusable};
use crate::ports::{FetchError, PhotoFetcher};

/// The most of one file.
pub(super) const MOST_MEGABYTES: u32 = 20;
const MOST_BYTES: usize = MOST_MEGABYTES as usize * 1024 * 1024;

/// Where Discord keeps files.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

const PATIENCE: Duration = Duration::from_secs(30);
/// The wait after a 429.
const PAUSE: Duration = Duration::from_secs(5);

/// Fetches files that were sent on Discord.
#[derive(Debug, Clone)]
pub(super) struct DiscordFetcher {
    pub(super) wire: Arc<Wire>,
    /// The server that stands in for Discord, files included.
    pub(super) api_url: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the file's server answered {0}")]
    Status(u16),
    #[error("the file's server cannot be reached")]
    Unreachable(#[source] discord_http::Error),
}

impl Trouble {
    fn temporary(self, after: Option<Duration>) -> FetchError {
        FetchError::Unavailable {
            after,
            source: Box::new(self),
        }
    }
}

#[async_trait]
impl PhotoFetcher for DiscordFetcher {
    async fn fetch(&self, file: &FileReference) -> Result<Vec<u8>, FetchError> {
        let Some(address) = trusted(&file.0, self.api_url.as_deref()) else {
            tracing::warn!("A file was announced that does not lie at Discord's");
            return Err(unusable(Unusable::Unreadable));
        };
        let unreachable =
            |error: discord_http::Error| Trouble::Unreachable(error.without_url()).temporary(None);
        let client = self.wire.http.client();
        let request = client.get(address).timeout(PATIENCE);
        let mut response = request.send().await.map_err(unreachable)?;
        match response.status().as_u16() {
            200 => {}
            429 => return Err(Trouble::Status(429).temporary(Some(PAUSE))),
            status if status >= 500 => return Err(Trouble::Status(status).temporary(None)),
            // It was deleted, or its signed address is over.
            status => {
                tracing::info!(status, "A file is not to be had any more");
                return Err(unusable(Unusable::NotStored));
            }
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if bytes.len() + chunk.len() > MOST_BYTES {
                return Err(unusable(Unusable::TooManyBytes {
                    limit_megabytes: MOST_MEGABYTES,
                }));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn unusable(reason: Unusable) -> FetchError {
    FetchError::Unusable { reason }
}

/// The address, if it leads to Discord's files or to the server that stands in for it.
fn trusted(address: &str, api_url: Option<&str>) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let is_discords = url.scheme() == "https"
        && url.port().is_none()
        && url.host_str().is_some_and(|host| HOSTS.contains(&host));
    let stand_in = api_url.and_then(|address| Url::parse(address).ok());
    let is_stand_ins = stand_in.is_some_and(|stand_in| stand_in.origin() == url.origin());
    let is_bare = url.username().is_empty() && url.password().is_none();
    ((is_discords || is_stand_ins) && is_bare).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_fetched_only_from_where_discord_keeps_them() {
        let stand_in = Some("http://127.0.0.1:18100");
        for (address, api, is_trusted) in [
            (
                "https://cdn.discordapp.com/attachments/1/2/a.png?ex=1",
                None,
                true,
            ),
            (
                "https://media.discordapp.net/attachments/1/2/a.png",
                None,
                true,
            ),
            (
                "https://cdn.discordapp.com/ephemeral-attachments/1/2/a.png",
                None,
                true,
            ),
            ("http://cdn.discordapp.com/a.png", None, false),
            ("https://cdn.discordapp.com:8443/a.png", None, false),
            ("https://cdn.discordapp.com.example.org/a.png", None, false),
            ("https://who@cdn.discordapp.com/a.png", None, false),
            ("http://127.0.0.1:18100/attachments/1", None, false),
            ("http://127.0.0.1:18100/attachments/1", stand_in, true),
            ("http://127.0.0.1:18101/attachments/1", stand_in, false),
            ("http://169.254.169.254/latest", stand_in, false),
            ("no address", None, false),
        ] {
            assert_eq!(trusted(address, api).is_some(), is_trusted, "{address}");
        }
    }
}
