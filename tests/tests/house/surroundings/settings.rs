//! Settings that are wrong are refused at start, each by its name.

use crate::home::Home;
use expect_test::{Expect, expect};
use std::net::TcpListener;

/// Starts with some settings, and shows them with what is said of them.
async fn refused(home: &Home, settings: &str) -> String {
    let mut command = home.errand(&["serve"]);
    for setting in settings.split_whitespace() {
        let (name, value) = setting.split_once('=').expect("a setting");
        command.env(name, value.replace('_', " "));
    }
    let said = home.said(command).await;
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{settings}");
    format!("{settings}\n    {}", said.err)
}

async fn check(all: &[&str], expected: Expect) {
    let Some(home) = Home::new() else { return };
    let mut said = String::new();
    for settings in all {
        said.push_str(&refused(&home, settings).await);
    }
    expected.assert_eq(&said);
    let begun = home.data().join("errand.db");
    assert!(!begun.exists(), "nothing is begun with a wrong setting");
}

#[tokio::test]
async fn where_it_listens_and_what_is_logged() {
    let all = [
        "ERRAND_LISTEN=everywhere",
        "ERRAND_LISTEN=0.0.0.0:8700",
        "ERRAND_LISTEN=[::]:8700",
        "PORT=eighty",
        "PORT=70000",
        "ERRAND_PUBLIC_URL=errand.example.org",
        "ERRAND_PUBLIC_URL=https://example.org/errand",
        "ERRAND_ZONE=Mars/Olympus",
        "ERRAND_LOG=store=loud",
        "ERRAND_LOG=[[",
    ];
    check(&all, expect![[r#"
        ERRAND_LISTEN=everywhere
            errand: ERRAND_LISTEN: "everywhere" is not like 127.0.0.1:8700
        ERRAND_LISTEN=0.0.0.0:8700
            errand: ERRAND_LISTEN: 0.0.0.0:PORT can be reached from other machines, and there are no accounts yet. Listen on 127.0.0.1 and put a proxy with a sign-in before it.
        ERRAND_LISTEN=[::]:8700
            errand: ERRAND_LISTEN: [::]:PORT can be reached from other machines, and there are no accounts yet. Listen on 127.0.0.1 and put a proxy with a sign-in before it.
        PORT=eighty
            errand: PORT: "eighty" is no port (0 to 65535)
        PORT=70000
            errand: PORT: "70000" is no port (0 to 65535)
        ERRAND_PUBLIC_URL=errand.example.org
            errand: ERRAND_PUBLIC_URL: "errand.example.org" is not like https://errand.example.org
        ERRAND_PUBLIC_URL=https://example.org/errand
            errand: ERRAND_PUBLIC_URL: "https://example.org/errand" is not like https://errand.example.org
        ERRAND_ZONE=Mars/Olympus
            errand: ERRAND_ZONE: there is no time zone "Mars/Olympus": use a name such as Europe/Berlin or UTC
        ERRAND_LOG=store=loud
            errand: ERRAND_LOG: error parsing level filter: expected one of "off", "error", "warn", "info", "debug", "trace", or a number 0-5
        ERRAND_LOG=[[
            errand: ERRAND_LOG: invalid filter directive
    "#]]).await;
}

#[tokio::test]
async fn where_it_is_kept() {
    let all = [
        "ERRAND_DATA=/dev/null/errand",
        "ERRAND_DATABASE_URL=mysql://localhost",
        "ERRAND_DATABASE_URL=sqlite:/nowhere/errand.db",
        "ERRAND_KEY=short",
    ];
    check(&all, expect![[r#"
        ERRAND_DATA=/dev/null/errand
            errand: ERRAND_DATA: the folder /dev/null/errand cannot be made; choose another with --data: Not a directory (os error 20)
        ERRAND_DATABASE_URL=mysql://localhost
            errand: ERRAND_DATABASE_URL: begins with sqlite: or postgres:
        ERRAND_DATABASE_URL=sqlite:/nowhere/errand.db
            errand: ERRAND_DATABASE_URL: nothing can be written into the folder /nowhere: is it there, and this user's?: No such file or directory (os error 2)
        ERRAND_KEY=short
            errand: ERRAND_KEY: has fewer than 16 characters: make one by `openssl rand -base64 32`
    "#]]).await;
}

#[tokio::test]
async fn how_mail_goes_out() {
    let all = [
        "ERRAND_MAIL_URL=pop3://mail.example.org",
        "ERRAND_MAIL_URL=smtp://",
        "ERRAND_MAIL_URL=ses:frankfurt",
        "ERRAND_MAIL_TO=ann@example.org",
        "ERRAND_MAIL_URL=smtp://localhost ERRAND_MAIL_FROM=errand",
        "ERRAND_MAIL_URL=smtp://localhost ERRAND_MAIL_FROM=errand@exa_mple.org",
        "ERRAND_MAIL_URL=smtp://localhost ERRAND_MAIL_TO=ann",
        "ERRAND_MAIL_URL=smtp://localhost ERRAND_MAIL_TO=ann@exa_mple.org",
    ];
    check(&all, expect![[r#"
        ERRAND_MAIL_URL=pop3://mail.example.org
            errand: ERRAND_MAIL_URL: begins with smtp:, smtps:, ses: or dapr:, like smtp://localhost:1025
        ERRAND_MAIL_URL=smtp://
            errand: ERRAND_MAIL_URL cannot be used: it names no host
        ERRAND_MAIL_URL=ses:frankfurt
            errand: ERRAND_MAIL_URL cannot be used: ses: is followed by a region of AWS, as in ses:eu-central-1
        ERRAND_MAIL_TO=ann@example.org
            errand: ERRAND_MAIL_URL: is missing, while ERRAND_MAIL_TO is given: by which server does mail go out?
        ERRAND_MAIL_URL=smtp://localhost ERRAND_MAIL_FROM=errand
            errand: ERRAND_MAIL_FROM: "errand" is no mail address
        ERRAND_MAIL_URL=smtp://localhost ERRAND_MAIL_FROM=errand@exa_mple.org
            errand: ERRAND_MAIL_FROM is not an address, as errand@example.org or Errand <errand@example.org>
        ERRAND_MAIL_URL=smtp://localhost ERRAND_MAIL_TO=ann
            errand: ERRAND_MAIL_TO: "ann" is no mail address
        ERRAND_MAIL_URL=smtp://localhost ERRAND_MAIL_TO=ann@exa_mple.org
            errand: ERRAND_MAIL_TO: "ann@exa mple.org" is no mail address: write it alone, like ann@example.org
    "#]]).await;
}

#[tokio::test]
async fn the_port_is_taken() {
    let Some(home) = Home::new() else { return };
    let _other = TcpListener::bind(("127.0.0.1", home.port)).expect("free");
    let said = home.run(&["serve"]).await;
    expect![[r#"
        errand: 127.0.0.1:PORT is taken by another program, perhaps another errand. Stop that one, or choose another port: PORT=PORT+1 errand
        (exit code 1)
    "#]].assert_eq(&said.to_string());
}

#[tokio::test]
async fn the_folder_is_served_already() {
    let Some(home) = Home::new() else { return };
    let server = home.serve().await;
    let mut second = home.errand(&["serve"]);
    second.env("PORT", "0");
    let said = home.said(second).await;
    expect![[r#"
        errand: another errand serves HOME/data: stop that one, or choose another folder with --data
        (exit code 1)
    "#]]
    .assert_eq(&said.to_string());
    server.stop().await;
}
