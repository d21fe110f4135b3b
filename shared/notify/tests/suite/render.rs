use crate::{item, message};
use expect_test::{Expect, expect};
use notify::{Item, Message, html, text};

fn check(message: &Message, expected: Expect) {
    expected.assert_eq(&format!(
        "{}\n----\n{}----\n{}",
        message.subject,
        text(message),
        html(message)
    ));
}

#[test]
fn r_2_1_a_reminder_says_title_due_time_and_link() {
    check(
        &message(1, "ann@example.org", &["call mom"]),
        expect![[r#"
            Reminder: call mom
            ----
            Reminder: call mom
            Due Sunday 29 November, 15:00
            http://localhost:8700/tasks/1
            ----
            <!doctype html>
            <html lang="en">
            <body style="font-family: sans-serif">
            <ul style="list-style: none; padding: 0">
            <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">call mom</strong></a><br>Due Sunday 29 November, 15:00</li>
            </ul>
            <p><a href="http://localhost:8700/">Open Errand</a></p>
            </body>
            </html>
        "#]],
    );
}

#[test]
fn r_2_3_two_at_once_are_a_digest() {
    check(
        &message(1, "ann@example.org", &["call mom", "buy milk"]),
        expect![[r#"
            2 reminders: call mom and 1 more
            ----
            2 reminders

            - call mom
              Due Sunday 29 November, 15:00
              http://localhost:8700/tasks/1

            - buy milk
              Due Sunday 29 November, 15:00
              http://localhost:8700/tasks/1

            All of them: http://localhost:8700/
            ----
            <!doctype html>
            <html lang="en">
            <body style="font-family: sans-serif">
            <p>2 reminders</p>
            <ul style="list-style: none; padding: 0">
            <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">call mom</strong></a><br>Due Sunday 29 November, 15:00</li>
            <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">buy milk</strong></a><br>Due Sunday 29 November, 15:00</li>
            </ul>
            <p><a href="http://localhost:8700/">Open Errand</a></p>
            </body>
            </html>
        "#]],
    );
}

#[test]
fn r_2_3_after_ten_lines_the_rest_is_counted() {
    let titles: Vec<String> = (1..=13).map(|n| format!("task {n}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let eleven = message(1, "ann@example.org", &titles[..11]);
    let ten = message(1, "ann@example.org", &titles[..10]);
    assert!(
        text(&eleven).contains("\nand 1 more\n") && html(&eleven).contains("<p>and 1 more</p>")
    );
    assert!(!text(&ten).contains("more") && !html(&ten).contains("more"));
    check(
        &message(1, "ann@example.org", &titles),
        expect![[r#"
        13 reminders: task 1 and 12 more
        ----
        13 reminders

        - task 1
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 2
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 3
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 4
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 5
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 6
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 7
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 8
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 9
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        - task 10
          Due Sunday 29 November, 15:00
          http://localhost:8700/tasks/1

        and 3 more

        All of them: http://localhost:8700/
        ----
        <!doctype html>
        <html lang="en">
        <body style="font-family: sans-serif">
        <p>13 reminders</p>
        <ul style="list-style: none; padding: 0">
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 1</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 2</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 3</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 4</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 5</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 6</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 7</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 8</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 9</strong></a><br>Due Sunday 29 November, 15:00</li>
        <li style="margin: 0 0 1em"><a href="http://localhost:8700/tasks/1"><strong dir="auto">task 10</strong></a><br>Due Sunday 29 November, 15:00</li>
        </ul>
        <p>and 3 more</p>
        <p><a href="http://localhost:8700/">Open Errand</a></p>
        </body>
        </html>
    "#]],
    );
}

#[test]
fn what_people_write_is_text_and_nothing_else() {
    let mut items = vec![item(
        "<script>alert('1')</script> & \"co\"\r\nBcc: eve@example.org\u{2028}\u{85}\0end",
    )];
    items[0].due = Some("<b>\nnow".to_owned());
    items[0].link = "javascript:alert(1)".to_owned();
    let at = message(1, "", &[]).at;
    check(
        &Message::reminders(
            uuid::Uuid::nil(),
            "ann@example.org",
            at,
            items,
            "data:text/html,x",
        ),
        expect![[r#"
            Reminder: <script>alert('1')</script> & "co" Bcc: eve@example.org end
            ----
            Reminder: <script>alert('1')</script> & "co" Bcc: eve@example.org end
            Due <b> now
            ----
            <!doctype html>
            <html lang="en">
            <body style="font-family: sans-serif">
            <ul style="list-style: none; padding: 0">
            <li style="margin: 0 0 1em"><strong dir="auto">&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;co&quot; Bcc: eve@example.org end</strong><br>Due &lt;b&gt; now</li>
            </ul>
            </body>
            </html>
        "#]],
    );
}

#[test]
fn only_web_links_are_links() {
    let check = |link: &str, expected: &str| {
        let items = vec![Item {
            title: "a".to_owned(),
            due: None,
            link: link.to_owned(),
        }];
        let at = message(1, "", &[]).at;
        let shown = text(&Message::reminders(
            uuid::Uuid::nil(),
            "ann@example.org",
            at,
            items,
            "",
        ));
        assert_eq!(
            shown.lines().nth(1).unwrap_or_default(),
            expected,
            "{link:?}"
        );
    };
    check(
        "https://errand.example.org/tasks/1",
        "https://errand.example.org/tasks/1",
    );
    check(
        "http://localhost:8700/tasks/1?a=b&c=d#e",
        "http://localhost:8700/tasks/1?a=b&c=d#e",
    );
    check(
        "https://errand.example.org/\"onclick='x'>",
        "https://errand.example.org/%22onclick=%27x%27%3E",
    );
    check(
        "https://bücher.example/ü",
        "https://xn--bcher-kva.example/%C3%BC",
    );
    for none in [
        "",
        "tasks/1",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://",
    ] {
        check(none, "");
    }
}

#[test]
fn a_long_title_makes_no_long_subject() {
    let long = "ä".repeat(500);
    let message = message(1, "ann@example.org", &[&long]);
    assert_eq!(message.subject.chars().count(), "Reminder: ".len() + 120);
    assert!(text(&message).contains(&long));
}

#[test]
fn a_message_in_a_log_does_not_tell_what_it_says() {
    let message = message(1, "ann@example.org", &["call mom"]);
    let logged = format!("{message:?} {:?}", message.lines);
    assert!(
        !logged.contains("mom") && !logged.contains("ann"),
        "{logged}"
    );
}
