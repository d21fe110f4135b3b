use expect_test::{Expect, expect};
use notify::{Email, MailUrl};

fn check(text: &str, expected: Expect) {
    let said = match MailUrl::parse(text) {
        Ok(url) => {
            let who = url.credentials.as_ref().map_or("nobody".to_owned(), |who| {
                format!("{} / {}", who.user, who.password)
            });
            format!("{} {} {:?} as {who}", url.host, url.port, url.tls)
        }
        Err(error) => error
            .to_string()
            .replace("ERRAND_MAIL_URL cannot be used: ", ""),
    };
    expected.assert_eq(&said);
}

#[test]
fn what_is_not_said_is_the_safe_thing() {
    check(
        "smtp://127.0.0.1:1025",
        expect!["127.0.0.1 1025 None as nobody"],
    );
    check("smtp://localhost", expect!["localhost 25 None as nobody"]);
    check("smtp://[::1]:25", expect!["::1 25 None as nobody"]);
    check(
        "smtp://mail.example.org",
        expect!["mail.example.org 25 Opportunistic as nobody"],
    );
    check(
        "smtp://10.0.0.7",
        expect!["10.0.0.7 25 Opportunistic as nobody"],
    );
    check(
        "smtp://127.0.0.1.example.org",
        expect!["127.0.0.1.example.org 25 Opportunistic as nobody"],
    );
    check(
        "smtp://ann:secret@mail.example.org",
        expect!["mail.example.org 587 Required as ann / secret"],
    );
    check(
        "smtps://ann:secret@mail.example.org",
        expect!["mail.example.org 465 Wrapped as ann / secret"],
    );
    check(
        " smtps://mail.example.org:4650/ ",
        expect!["mail.example.org 4650 Wrapped as nobody"],
    );
}

#[test]
fn what_is_said_holds() {
    check(
        "smtp://ann%40example.org:p%3Ass%2Fw%25rd@mail.example.org:2525?tls=opportunistic",
        expect!["mail.example.org 2525 Opportunistic as ann@example.org / p:ss/w%rd"],
    );
    check(
        "smtp://mail.example.org?tls=required",
        expect!["mail.example.org 25 Required as nobody"],
    );
    check(
        "smtp://mail.example.org?tls=none",
        expect!["mail.example.org 25 None as nobody"],
    );
    check(
        "smtp://localhost?tls=required",
        expect!["localhost 25 Required as nobody"],
    );
}

#[test]
fn what_cannot_be_used_is_refused_in_words() {
    check(
        "",
        expect!["it is not smtp://[user:password@]host[:port] or smtps://..."],
    );
    check(
        "mail.example.org:25",
        expect!["it starts with neither smtp: nor smtps:"],
    );
    check(
        "http://mail.example.org",
        expect!["it starts with neither smtp: nor smtps:"],
    );
    check(
        "ses:eu-central-1",
        expect!["it starts with neither smtp: nor smtps:"],
    );
    check("smtp://", expect!["it names no host"]);
    check("smtp:mail.example.org", expect!["it names no host"]);
    check(
        "smtp://ann@mail.example.org",
        expect!["it has a user without a password"],
    );
    check(
        "smtp://:secret@mail.example.org",
        expect!["it has a password without a user"],
    );
    check(
        "smtp://ann:%ff@mail.example.org",
        expect!["user or password is not UTF-8 once decoded"],
    );
    check(
        "smtp://mail.example.org:99999",
        expect!["it is not smtp://[user:password@]host[:port] or smtps://..."],
    );
    check(
        "smtp://mail.example.org?tls=maybe",
        expect!["?tls= is required, opportunistic or none"],
    );
    check(
        "smtp://mail.example.org?tsl=none",
        expect!["nothing but one ?tls=... may follow host and port"],
    );
    check(
        "smtp://mail.example.org?tls=none&tls=required",
        expect!["nothing but one ?tls=... may follow host and port"],
    );
    check(
        "smtps://mail.example.org?tls=none",
        expect!["smtps: has TLS from the first byte, ?tls= is for smtp:"],
    );
    check(
        "smtp://mail.example.org/inbox",
        expect!["nothing but ?tls=... may follow host and port"],
    );
    check("smtp://mail%0d%0a.example.org", expect!["it names no host"]);
}

#[test]
fn a_password_is_not_shown() {
    let url = MailUrl::parse("smtp://ann:secret7@localhost").expect("a URL");
    assert!(!format!("{url:?}").contains("secret7") && !format!("{url:?}").contains("ann"));
    let refused =
        MailUrl::parse("smtp://ann:secret7@localhost?tls=maybe").expect_err("no such TLS");
    assert!(!format!("{refused:?} {refused}").contains("secret7"));
}

#[test]
fn a_sender_is_one_address() {
    let server = || MailUrl::parse("smtp://localhost").expect("a URL");
    for good in [
        "errand@example.org",
        "Errand <errand@example.org>",
        " errand@example.org ",
    ] {
        assert!(Email::new(server(), good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "errand",
        "a@example.org, b@example.org",
        "Errand\r\nBcc: x@example.org <errand@example.org>",
    ] {
        assert!(Email::new(server(), bad).is_err(), "{bad}");
    }
}
