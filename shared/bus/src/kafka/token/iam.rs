//! The token of Amazon MSK: the address by which one would ask for `kafka-cluster:Connect`, signed by AWS's credentials, in base64. The
//! broker asks IAM with it who we are. It has the form that AWS's own signers for Kafka write; it never met an MSK here.

use super::Token;
use aws_config::BehaviorVersion;
use aws_credential_types::{Credentials, provider::ProvideCredentials};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign},
    sign::v4::SigningParams,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, SystemTime};

/// How long a token lives: as long as MSK takes one.
const LIFE: SignedDuration = SignedDuration::from_mins(15);

/// A token by the credentials of this process: `AWS_…`, the profile, the pod's or the machine's role.
pub(super) async fn token(region: &str, now: Timestamp) -> Result<Token, String> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(aws_config::Region::new(region.to_owned()))
        .load()
        .await;
    let none = || "there are no AWS credentials to sign in by: see the AWS_… variables".to_owned();
    let provider = config.credentials_provider().ok_or_else(none)?;
    let credentials = provider.provide_credentials().await.map_err(|_| none())?;
    signed(region, credentials, now)
}

fn signed(region: &str, credentials: Credentials, now: Timestamp) -> Result<Token, String> {
    let host = format!("kafka.{region}.amazonaws.com");
    let url = format!("https://{host}/?Action=kafka-cluster%3AConnect");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(LIFE.as_secs().unsigned_abs()));
    let identity = credentials.into();
    let failed = |_| "no token can be signed by these AWS credentials".to_owned();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("kafka-cluster")
        .time(SystemTime::from(now))
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?;
    let headers = [("host", host.as_str())].into_iter();
    let request = SignableRequest::new("GET", &url, headers, SignableBody::Bytes(&[]));
    let signed = sign(request.map_err(failed)?, &params.into()).map_err(failed)?;
    let (instructions, _) = signed.into_parts();
    let mut query = form_urlencoded::Serializer::new(url);
    for (name, value) in instructions.params() {
        query.append_pair(name, value);
    }
    // Not signed: the broker reads it for its statistics.
    query.append_pair("User-Agent", "errand");
    Ok(Token {
        text: URL_SAFE_NO_PAD.encode(query.finish()),
        until: now + LIFE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_signed_address_that_awss_own_signers_write() {
        let now = "2026-11-26T01:02:03Z".parse().unwrap();
        let session = Some("session/+=".to_owned());
        let credentials = Credentials::new("AKIDEXAMPLE", "secret7", session, None, "test");
        let token = signed("eu-central-1", credentials, now).unwrap();
        assert_eq!(token.until, "2026-11-26T01:17:03Z".parse().unwrap());
        let bytes = URL_SAFE_NO_PAD.decode(&token.text).unwrap();
        let url = String::from_utf8(bytes).unwrap();
        let (address, query) = url.split_once('?').unwrap();
        assert_eq!(address, "https://kafka.eu-central-1.amazonaws.com/");
        let mut parts: Vec<_> = query.split('&').collect();
        let at = parts
            .iter()
            .position(|part| part.starts_with("X-Amz-Signature="))
            .unwrap();
        let signature = parts.remove(at).split_once('=').unwrap().1;
        parts.sort_unstable();
        assert_eq!(
            parts,
            [
                "Action=kafka-cluster%3AConnect",
                "User-Agent=errand",
                "X-Amz-Algorithm=AWS4-HMAC-SHA256",
                "X-Amz-Credential=AKIDEXAMPLE%2F20261126%2Feu-central-1%2Fkafka-cluster%2Faws4_request",
                "X-Amz-Date=20261126T010203Z",
                "X-Amz-Expires=900",
                "X-Amz-Security-Token=session%2F%2B%3D",
                "X-Amz-SignedHeaders=host",
            ]
        );
        // By botocore, of the same request.
        let of_botocore = "6438357019b5873c0239851fb13d8a91f9c871beda9ecfd12fcf50688352ee62";
        assert_eq!(signature, of_botocore);
    }
}
