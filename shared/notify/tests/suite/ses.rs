use crate::message;
use crate::smtp::{FROM, channel, reminder, server, words};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sesv2::config::{Credentials, SharedCredentialsProvider};
use expect_test::{Expect, expect};
use notify::{Channel, Limits, Ses, email};
use std::time::Duration;
use testkit::ses::{Answer, SesServer};
use tokio::net::TcpListener;

fn config(endpoint: &str, credentials: SharedCredentialsProvider) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(endpoint)
        .credentials_provider(credentials)
        .build()
}

fn ses(endpoint: &str, limits: Limits) -> Ses {
    let credentials = Credentials::new("key", "secret7", None, None, "test");
    let credentials = SharedCredentialsProvider::new(credentials);
    Ses::with_config(&config(endpoint, credentials), FROM, limits).expect("a channel")
}

async fn fake() -> SesServer {
    SesServer::start().await.expect("a free port")
}

/// What an answer makes of a send; it was asked once, and the next mail goes out.
async fn check(answer: Answer, expected: Expect) {
    let fake = fake().await;
    let mut limits = Limits::default();
    if matches!(answer, Answer::Stall) {
        limits.whole = Duration::from_millis(300);
    }
    let channel = ses(&fake.url(), limits);
    fake.next(answer);
    expected.assert_eq(&words(channel.send(&reminder()).await));
    assert_eq!(fake.requests().len(), 1, "no try that nobody counts");
    let next = message(8, "bob@example.org", &["next"]);
    channel.send(&next).await.expect("the next mail goes out");
}

#[tokio::test]
async fn r_2_7_every_answer_of_ses_says_try_again_or_stop() {
    let refuse = |status, code, message| Answer::Refuse(status, code, message);
    check(
        Answer::Accept,
        expect!["sent: Amazon SES took it as 0100-test"],
    )
    .await;
    let slow = refuse(
        429,
        "TooManyRequestsException",
        "Maximum sending rate exceeded.",
    );
    check(
        slow,
        expect!["retry: Amazon SES takes mails more slowly: Maximum sending rate exceeded."],
    )
    .await;
    let quota = refuse(
        429,
        "TooManyRequestsException",
        "Daily message quota exceeded.",
    );
    check(
        quota,
        expect!["retry: the daily quota of Amazon SES is used up: Daily message quota exceeded."],
    )
    .await;
    let quota = refuse(
        400,
        "LimitExceededException",
        "Daily message quota exceeded",
    );
    check(
        quota,
        expect!["retry: the daily quota of Amazon SES is used up: Daily message quota exceeded"],
    )
    .await;
    let sandbox = refuse(
        400,
        "MessageRejected",
        "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: ann@example.org",
    );
    check(sandbox, expect!["retry: Amazon SES sends only by verified identities, in its sandbox also only to them: Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: ann@example.org"]).await;
    let content = refuse(
        400,
        "MessageRejected",
        "Transaction failed: it looks like a virus",
    );
    check(
        content,
        expect!["stop: Amazon SES refused the mail: Transaction failed: it looks like a virus"],
    )
    .await;
    let address = refuse(400, "BadRequestException", "Missing final '@domain'");
    check(
        address,
        expect!["stop: Amazon SES refused the address or the mail: Missing final '@domain'"],
    )
    .await;
    let suppressed = refuse(
        400,
        "MessageRejected",
        "Address is on the suppression list for your account",
    );
    check(suppressed, expect!["stop: Amazon SES does not write to this address any more, for a mail to it bounced or was called spam: Address is on the suppression list for your account"]).await;
    let domain = refuse(
        400,
        "MailFromDomainNotVerifiedException",
        "Mail-From domain is not verified",
    );
    check(domain, expect!["retry: the MAIL FROM domain is not verified in Amazon SES: Mail-From domain is not verified"]).await;
    let paused = refuse(400, "SendingPausedException", "Email sending is disabled");
    check(
        paused,
        expect!["retry: sending is paused in Amazon SES: Email sending is disabled"],
    )
    .await;
    let closed = refuse(
        400,
        "AccountSuspendedException",
        "This account may not send",
    );
    check(
        closed,
        expect!["stop: the account may not send by Amazon SES any more: This account may not send"],
    )
    .await;
}

#[tokio::test]
async fn r_2_7_what_is_wrong_around_ses_is_tried_again() {
    let refuse =
        |status, code| Answer::Refuse(status, code, "arn:aws:iam::123456789012:user/errand");
    check(refuse(403, "UnrecognizedClientException"), expect!["retry: Amazon SES does not take the AWS credentials, or they may not send (UnrecognizedClientException)"]).await;
    check(refuse(403, "AccessDeniedException"), expect!["retry: Amazon SES does not take the AWS credentials, or they may not send (AccessDeniedException)"]).await;
    check(
        refuse(404, "NotFoundException"),
        expect!["retry: Amazon SES did not take the mail (404 NotFoundException)"],
    )
    .await;
    check(
        refuse(503, "ServiceUnavailable"),
        expect!["retry: Amazon SES is not well (503 ServiceUnavailable)"],
    )
    .await;
    check(
        Answer::Break,
        expect!["retry: Amazon SES in eu-central-1 cannot be reached: connection closed before message completed"],
    )
    .await;
    check(
        Answer::Stall,
        expect!["retry: Amazon SES in eu-central-1 did not take the mail within 0.3 s"],
    )
    .await;
}

#[tokio::test]
async fn nobody_at_the_endpoint_is_try_again() {
    let free = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port")
        .local_addr()
        .expect("its address");
    let channel = ses(&format!("http://{free}"), Limits::default());
    expect![
        "retry: Amazon SES in eu-central-1 cannot be reached: Connection refused (os error 111)"
    ]
    .assert_eq(&words(channel.send(&reminder()).await));
}

#[tokio::test]
async fn no_credentials_are_said_and_tried_again() {
    // As the chain of providers answers on a machine that has none.
    let none = aws_config::environment::EnvironmentVariableCredentialsProvider::new();
    let fake = fake().await;
    let config = config(&fake.url(), SharedCredentialsProvider::new(none));
    let channel = Ses::with_config(&config, FROM, Limits::default()).expect("a channel");
    expect!["retry: there are no AWS credentials to send by: see the AWS_… variables"]
        .assert_eq(&words(channel.send(&reminder()).await));
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn ses_is_given_the_mail_that_an_smtp_server_is_given() {
    let link = "https://errand.example.org/unsubscribe?person=1&key=2";
    let mail = message(7, "ann@example.org", &["call mom", "купи молоко"]).with_unsubscribe(link);
    let (fake, smtp) = (fake().await, server().await);
    ses(&fake.url(), Limits::default())
        .send(&mail)
        .await
        .expect("sent");
    channel(&smtp.url()).send(&mail).await.expect("sent");
    let request = &fake.requests()[0];
    let raw = request["Content"]["Raw"]["Data"].as_str().expect("base64");
    let raw = decoded(raw);
    // But for the line that ends a mail on the way.
    assert_eq!(raw.trim_end(), smtp.mails()[0].data.trim_end());
    assert_eq!(request["Destination"]["ToAddresses"][0], "ann@example.org");
    let lines = [
        "Message-ID: <00000000-0000-0000-0000-000000000007@example.org>".to_owned(),
        format!("List-Unsubscribe: <{link}>"),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned(),
    ];
    for line in lines {
        assert!(
            raw.lines().any(|own| own == line),
            "{line} is missing: {raw}"
        );
    }
}

fn decoded(text: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    String::from_utf8(STANDARD.decode(text).expect("base64")).expect("text")
}

#[test]
fn the_setting_chooses_the_way_and_a_region_that_is_none_is_refused() {
    let wrong = |url: &str| email(url, FROM).err().map(|error| error.to_string());
    assert_eq!(wrong("ses:eu-central-1"), None);
    assert_eq!(wrong("smtp://localhost"), None);
    for none in [
        "ses:",
        "ses:EU-CENTRAL-1",
        "ses:frankfurt",
        "ses://eu-central-1",
    ] {
        let words = wrong(none).expect("it is refused");
        assert!(words.ends_with("as in ses:eu-central-1"), "{none}: {words}");
    }
}
