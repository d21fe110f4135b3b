use super::*;
use jiff::Timestamp;

struct Never;

#[async_trait::async_trait]
impl Clock for Never {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

fn parse(text: &str) -> Result<Security, WrongSecurity> {
    Security::parse(text, None, Arc::new(Never))
}

/// Says what is wrong; nothing where nothing is.
fn check(text: &str, expected: &str) {
    let words = parse(text).err().map(|error| error.to_string());
    assert_eq!(words.unwrap_or_default(), expected, "{text}");
}

const USER_AND_PASSWORD: &str = "sasl.username=a,sasl.password=b=c";

#[test]
fn every_way_to_sign_in_is_taken() {
    check("", "");
    check("security.protocol=SSL", "");
    for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
        for protocol in ["SASL_SSL", "SASL_PLAINTEXT"] {
            check(
                &format!(
                    "security.protocol={protocol}, sasl.mechanism={mechanism},{USER_AND_PASSWORD}"
                ),
                "",
            );
        }
    }
    check(
        "security.protocol=SASL_SSL\nsasl.mechanisms=PLAIN\nsasl.username=a\nsasl.password=b,c",
        "",
    );
    let token = "sasl.oauthbearer.token.endpoint.url=https://id.example.org/token,sasl.oauthbearer.client.id=a,\
        sasl.oauthbearer.client.secret=b,sasl.oauthbearer.scope=kafka";
    check(
        &format!("security.protocol=SASL_SSL,sasl.mechanism=OAUTHBEARER,{token}"),
        "",
    );
    check(
        "security.protocol=SASL_SSL,sasl.mechanism=AWS_MSK_IAM,aws.region=eu-central-1",
        "",
    );
    let iam = "security.protocol=SASL_SSL,sasl.mechanism=AWS_MSK_IAM";
    let region = Some("eu-central-1".to_owned());
    assert!(
        Security::parse(iam, region, Arc::new(Never))
            .unwrap()
            .by_token()
    );
}

#[test]
fn what_does_not_go_together_is_refused_by_name() {
    check(
        "security.protocol=TLS",
        "security.protocol=TLS is none of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
    );
    check(
        "security.protocol=SASL_SSL",
        "security.protocol=SASL_SSL needs sasl.mechanism",
    );
    check(
        "sasl.mechanism=PLAIN",
        "sasl.mechanism needs security.protocol=SASL_SSL or SASL_PLAINTEXT",
    );
    check(
        "security.protocol=SASL_SSL,sasl.mechanism=GSSAPI",
        "sasl.mechanism=GSSAPI is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, AWS_MSK_IAM",
    );
    check(
        "security.protocol=SASL_SSL,sasl.mechanism=SCRAM-SHA-512,sasl.username=a",
        "sasl.mechanism=SCRAM-SHA-512 needs sasl.password",
    );
    check(
        "security.protocol=SASL_SSL,sasl.mechanism=OAUTHBEARER",
        "sasl.mechanism=OAUTHBEARER needs sasl.oauthbearer.token.endpoint.url",
    );
    check(
        "security.protocol=SASL_SSL,sasl.mechanism=OAUTHBEARER,sasl.oauthbearer.token.endpoint.url=http://id.example.org",
        "sasl.oauthbearer.token.endpoint.url begins with https:, but on this machine",
    );
    check(
        "security.protocol=SASL_PLAINTEXT,sasl.mechanism=AWS_MSK_IAM,aws.region=eu-central-1",
        "sasl.mechanism=AWS_MSK_IAM needs security.protocol=SASL_SSL",
    );
    check(
        "security.protocol=SASL_SSL,sasl.mechanism=AWS_MSK_IAM",
        "sasl.mechanism=AWS_MSK_IAM needs aws.region, or AWS_REGION",
    );
    check(
        &format!(
            "security.protocol=SASL_SSL,sasl.mechanism=AWS_MSK_IAM,aws.region=x,{USER_AND_PASSWORD}"
        ),
        "sasl.password says nothing beside the rest",
    );
    check(
        "ssl.ca.location=/nowhere",
        "ssl.ca.location says nothing beside the rest",
    );
    check(
        "security.protocol=SSL,ssl.ca.location=/nowhere/ca.pem",
        "ssl.ca.location: /nowhere/ca.pem cannot be read: No such file or directory (os error 2)",
    );
    check(
        "security.protocol=SSL,ssl.ca.location=/etc/hostname",
        "ssl.ca.location: /etc/hostname holds nothing in PEM",
    );
    check(
        "security.protocol=SSL,security.protocol=SSL",
        "security.protocol stands there twice",
    );
    let names = NAMES[..13].join(", ");
    check("acks=0", &format!("acks is none of {names}"));
}

#[test]
fn half_a_password_is_not_shown() {
    let secret =
        "security.protocol=SASL_SSL,sasl.mechanism=PLAIN,sasl.username=a,sasl.password=hush,hush";
    let words = parse(secret).unwrap_err().to_string();
    assert!(!words.contains("hush"), "{words}");
    let good = parse(&secret.replace(",hush", "")).unwrap();
    assert!(!format!("{good:?}").contains("hush"));
    let mut config = ClientConfig::new();
    good.apply(&mut config);
    assert!(!format!("{config:?}").contains("hush"), "{config:?}");
}
