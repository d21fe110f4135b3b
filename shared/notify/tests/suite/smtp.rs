use crate::message;
use expect_test::{Expect, expect};
use notify::{Channel, Email, Limits, MailUrl, Message, Receipt, SendError};
use std::time::Duration;
use testkit::smtp::{Behaviour, SmtpServer};
use tokio::net::TcpListener;

pub(crate) const FROM: &str = "Errand <errand@example.org>";

pub(crate) async fn server() -> SmtpServer {
    SmtpServer::start().await.expect("a free port")
}

pub(crate) fn channel(url: &str) -> Email {
    Email::new(MailUrl::parse(url).expect("a URL"), FROM).expect("a channel")
}

/// Gives up soon, where giving up is what is looked at.
pub(crate) fn hasty(url: &str) -> Email {
    let soon = Duration::from_millis(150);
    let limits = Limits {
        whole: soon,
        connect: soon,
        probe: soon,
    };
    Email::with_limits(MailUrl::parse(url).expect("a URL"), FROM, limits).expect("a channel")
}

pub(crate) fn reminder() -> Message {
    message(7, "ann@example.org", &["call mom"])
}

pub(crate) fn words(outcome: Result<Receipt, SendError>) -> String {
    match outcome {
        Ok(receipt) => format!("sent: {}", receipt.words),
        Err(SendError::Retry { words }) => format!("retry: {words}"),
        Err(SendError::Stop { words }) => format!("stop: {words}"),
    }
}

/// What a behaviour makes of a send, how many mails the server then has, and that the next mail goes out.
async fn check(behaviour: Behaviour, expected: Expect) {
    let server = server().await;
    let channel = match behaviour {
        Behaviour::Stall | Behaviour::StallAfterData => hasty(&server.url()),
        _ => channel(&server.url()),
    };
    server.next([behaviour]);
    let said =
        words(channel.send(&reminder()).await).replace(&server.address().to_string(), "HOST");
    expected.assert_eq(&format!("{said}; kept {}", server.mails().len()));
    channel
        .send(&message(8, "bob@example.org", &["next"]))
        .await
        .expect("the next mail goes out");
    assert_eq!(
        server.mails().last().expect("a mail").to,
        ["bob@example.org"]
    );
}

#[tokio::test]
async fn r_2_7_every_answer_says_try_again_or_stop() {
    check(
        Behaviour::Accept,
        expect!["sent: 250 2.0.0 queued as 1; kept 1"],
    )
    .await;
    check(
        Behaviour::Refuse,
        expect![
            "stop: the mail server refused the mail: 550 5.1.1 nobody of that name here; kept 0"
        ],
    )
    .await;
    check(
        Behaviour::Defer,
        expect!["retry: the mail server put the mail off: 451 4.7.1 come back later; kept 0"],
    )
    .await;
    check(
        Behaviour::RefuseData,
        expect!["stop: the mail server refused the mail: 554 5.6.0 not such a mail; kept 0"],
    )
    .await;
    check(
        Behaviour::DropAtRecipient,
        expect!["retry: the line to the mail server broke: incomplete response; kept 0"],
    )
    .await;
    check(
        Behaviour::DropAfterData,
        expect!["retry: the line to the mail server broke: incomplete response; kept 1"],
    )
    .await;
    check(
        Behaviour::DropAfterAccepting,
        expect!["sent: 250 2.0.0 queued as 1; kept 1"],
    )
    .await;
    check(
        Behaviour::Stall,
        expect!["retry: the mail server did not take the mail within 0.15 s; kept 0"],
    )
    .await;
    check(
        Behaviour::StallAfterData,
        expect!["retry: the mail server did not take the mail within 0.15 s; kept 1"],
    )
    .await;
    check(
        Behaviour::RefuseGreeting,
        expect!["retry: the mail server HOST cannot be used: 554 no mail from you; kept 0"],
    )
    .await;
    check(Behaviour::WantLogin, expect!["retry: the mail server asks for a user and password: see ERRAND_MAIL_URL (530 5.7.0 sign in first); kept 0"]).await;
}

#[tokio::test]
async fn nobody_at_the_port_is_try_again() {
    let free = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port")
        .local_addr()
        .expect("its address");
    let said = words(channel(&format!("smtp://{free}")).send(&reminder()).await)
        .replace(&free.to_string(), "HOST");
    expect!["retry: the mail server HOST cannot be used: Connection refused (os error 111)"]
        .assert_eq(&said);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    // The system takes the connection; nobody ever greets.
    let silent = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let url = format!("smtp://{}", silent.local_addr().expect("its address"));
    expect!["retry: the mail server did not take the mail within 0.15 s"]
        .assert_eq(&words(hasty(&url).send(&reminder()).await));
}

#[tokio::test]
async fn a_password_is_used_and_never_told() {
    let server = server().await;
    let channel = channel(&format!("smtp://ann:secret7@{}", server.address()));
    channel.send(&reminder()).await.expect("sent");
    assert_eq!(server.logins(), ["AGFubgBzZWNyZXQ3"]); // \0ann\0secret7

    let other = self::channel(&format!("smtp://ann:secret7@{}", server.address()));
    server.next([Behaviour::RefuseLogin]);
    expect!["retry: the mail server does not take the user and password of ERRAND_MAIL_URL (535)"]
        .assert_eq(&words(other.send(&reminder()).await));
}

#[tokio::test]
async fn a_server_without_the_tls_that_is_required_gets_neither_password_nor_mail() {
    let server = server().await;
    let channel = channel(&format!(
        "smtp://ann:secret7@{}?tls=required",
        server.address()
    ));
    let said =
        words(channel.send(&reminder()).await).replace(&server.address().to_string(), "HOST");
    expect!["retry: the mail server HOST cannot be used: STARTTLS is not supported on this server"]
        .assert_eq(&said);
    assert!(server.logins().is_empty() && server.mails().is_empty());
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_before_anything_is_connected() {
    let server = server().await;
    let channel = channel(&server.url());
    let bad = [
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@example.org, eve@example.org",
        "ann@example.org\r\nRCPT TO:<eve@example.org>",
        "<ann@example.org>",
        "Ann <ann@example.org>",
        "ann@exam ple.org",
        "ann@example.org\0",
        "\"a b\"@example.org",
    ];
    for to in bad {
        let outcome = channel.send(&message(1, to, &["a"])).await;
        assert!(matches!(outcome, Err(SendError::Stop { .. })), "{to:?}");
    }
    assert_eq!(server.connections(), 0);
    // Letters beyond ASCII need a server that takes them; this one does not.
    expect!["stop: the mail server cannot write to an address with such letters"].assert_eq(
        &words(channel.send(&message(1, "änn@example.org", &["a"])).await),
    );
}

#[tokio::test]
async fn r_2_1_the_whole_mail() {
    let server = server().await;
    let mail = reminder().with_unsubscribe("https://errand.example.org/settings?a=b");
    channel(&server.url()).send(&mail).await.expect("sent");
    let mails = server.wait_for(1).await;
    assert_eq!(
        (mails[0].from.as_str(), mails[0].answered),
        ("errand@example.org", true)
    );
    expect![[r#"
        Date: Sun, 29 Nov 2026 13:45:00 +0000
        Message-ID: <00000000-0000-0000-0000-000000000007@example.org>
        From: Errand <errand@example.org>
        To: ann@example.org
        Subject: Reminder: call mom
        Auto-Submitted: auto-generated
        List-Unsubscribe: <https://errand.example.org/settings?a=b>
        List-Unsubscribe-Post: List-Unsubscribe=One-Click
        MIME-Version: 1.0
        Content-Type: multipart/alternative;
         boundary="=_00000000000000000000000000000007"

        --=_00000000000000000000000000000007
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Reminder: call mom
        Due Sunday 29 November, 15:00
        http://localhost:8700/tasks/1

        --=_00000000000000000000000000000007
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <!doctype html>
        <html lang=3D"en">
        <body style=3D"font-family: sans-serif">
        <ul style=3D"list-style: none; padding: 0">
        <li style=3D"margin: 0 0 1em"><a href=3D"http://localhost:8700/tasks/1"><st=
        rong dir=3D"auto">call mom</strong></a><br>Due Sunday 29 November, 15:00</l=
        i>
        </ul>
        <p><a href=3D"http://localhost:8700/">Open Errand</a></p>
        </body>
        </html>

        --=_00000000000000000000000000000007--

    "#]]
    .assert_eq(&mails[0].data.replace("\r\n", "\n"));
}

#[tokio::test]
async fn a_second_try_is_the_same_mail_byte_for_byte() {
    let server = server().await;
    let channel = channel(&server.url());
    server.next([Behaviour::DropAfterData]);
    channel
        .send(&reminder())
        .await
        .expect_err("the answer did not come");
    channel.send(&reminder()).await.expect("sent");
    let mails = server.mails();
    assert_eq!(
        mails.iter().map(|mail| mail.answered).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(mails[0].data, mails[1].data);
    assert_eq!(
        mails[0].message_id,
        "<00000000-0000-0000-0000-000000000007@example.org>"
    );
}

#[tokio::test]
async fn nothing_people_write_becomes_a_head_line_a_command_or_a_part() {
    let server = server().await;
    let evil = "x\r\nBcc: eve@example.org\r\n\r\n.\r\nMAIL FROM:<eve@example.org>\r\n--=_00000000000000000000000000000007--\n.";
    let mut mail = message(
        7,
        "ann@example.org",
        &[evil, evil, &format!("{}{evil}", "ü".repeat(60))],
    );
    mail.subject = evil.to_owned();
    mail.unsubscribe = Some(format!("https://example.org/{evil}"));
    mail.lines[1].title = evil.to_owned();
    mail.lines[1].due = Some(evil.to_owned());
    channel(&server.url()).send(&mail).await.expect("sent");

    let mails = server.mails();
    assert_eq!(
        (mails.len(), mails[0].to.as_slice()),
        (1, &["ann@example.org".to_owned()][..])
    );
    let data = &mails[0].data;
    assert!(
        !data
            .lines()
            .any(|line| line.starts_with("Bcc") || line.starts_with("MAIL")),
        "{data}"
    );
    let ends = data.lines().filter(|line| line.starts_with("--=_")).count();
    assert_eq!(ends, 3, "{data}"); // two parts and the end
    assert!(
        data.lines()
            .all(|line| line.len() <= 998 && line.is_ascii()),
        "{data}"
    );
    let head: Vec<&str> = data.lines().take_while(|line| !line.is_empty()).collect();
    let names = head
        .iter()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name);
    expect!["Date Message-ID From To Subject Auto-Submitted List-Unsubscribe List-Unsubscribe-Post MIME-Version Content-Type"].assert_eq(&names.collect::<Vec<_>>().join(" "));
}
