//! Recurrences.

use expect_test::expect;

use super::{add, table};

#[test]
fn r_3_1_recurrences_in_words() {
    let texts = "
        x every day
        x every other friday
        x every 3 weeks on mon
        x weekdays at 9
        x tuesdays and thursdays at 3:15
        x every mon, wed and fri at 7am
        x every morning and evening
        x at 10am on the 15th of every month
        x the first and third friday of each month
        x every last day of the month
        x every july 4th
        x once a year on december 25th
        x yearly on the fourth thursday in november
        x every 2 hours
        x quarterly
        x every wed until june
        x every friday for 10 times
        x every sat for 2 months
        x every day starting monday at 8
        x daily except on weekends
        x every month except in july and august
        x every wed from december until march except in january
        x every month except in march and may
        x saturdays through tuesdays
        x monthly on the first and last instance of wed and fri
        ";
    expect![[r#"
        x every day
            Act CreateTask, title "x", due 2026-11-23, every FREQ=DAILY from 2026-11-23 by Schedule
        x every other friday
            Act CreateTask, title "x", due 2026-11-27, every FREQ=WEEKLY;INTERVAL=2;BYDAY=FR from 2026-11-27 by Schedule
        x every 3 weeks on mon
            Act CreateTask, title "x", due 2026-11-23, every FREQ=WEEKLY;INTERVAL=3;BYDAY=MO from 2026-11-23 by Schedule
        x weekdays at 9
            Act CreateTask, title "x", due 2026-11-24T09:00:00, every FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR from 2026-11-24T09:00:00 by Schedule
        x tuesdays and thursdays at 3:15
            Act CreateTask, title "x", due 2026-11-24T15:15:00, every FREQ=WEEKLY;BYDAY=TU,TH from 2026-11-24T15:15:00 by Schedule
        x every mon, wed and fri at 7am
            Act CreateTask, title "x", due 2026-11-25T07:00:00, every FREQ=WEEKLY;BYDAY=MO,WE,FR from 2026-11-25T07:00:00 by Schedule
        x every morning and evening
            Act CreateTask, title "x", due 2026-11-24T09:00:00, every FREQ=DAILY;BYHOUR=9,18;BYMINUTE=0 from 2026-11-24T09:00:00 by Schedule
        x at 10am on the 15th of every month
            Act CreateTask, title "x", due 2026-12-15T10:00:00, every FREQ=MONTHLY;BYMONTHDAY=15 from 2026-12-15T10:00:00 by Schedule
        x the first and third friday of each month
            Act CreateTask, title "x", due 2026-12-04, every FREQ=MONTHLY;BYDAY=1FR,3FR from 2026-12-04 by Schedule
        x every last day of the month
            Act CreateTask, title "x", due 2026-11-30, every FREQ=MONTHLY;BYMONTHDAY=-1 from 2026-11-30 by Schedule
        x every july 4th
            Act CreateTask, title "x", due 2027-07-04, every FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4 from 2027-07-04 by Schedule
        x once a year on december 25th
            Act CreateTask, title "x", due 2026-12-25, every FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25 from 2026-12-25 by Schedule
        x yearly on the fourth thursday in november
            Act CreateTask, title "x", due 2026-11-26, every FREQ=YEARLY;BYMONTH=11;BYDAY=4TH from 2026-11-26 by Schedule
        x every 2 hours
            Act CreateTask, title "x", due 2026-11-23T10:00:00, every FREQ=HOURLY;INTERVAL=2 from 2026-11-23T10:00:00 by Schedule
        x quarterly
            Act CreateTask, title "x", due 2026-11-23, every FREQ=MONTHLY;INTERVAL=3 from 2026-11-23 by Schedule
        x every wed until june
            Act CreateTask, title "x", due 2026-11-25, every FREQ=WEEKLY;BYDAY=WE;UNTIL=20270601 from 2026-11-25 by Schedule
        x every friday for 10 times
            Act CreateTask, title "x", due 2026-11-27, every FREQ=WEEKLY;BYDAY=FR;COUNT=10 from 2026-11-27 by Schedule
        x every sat for 2 months
            Act CreateTask, title "x", due 2026-11-28, every FREQ=WEEKLY;BYDAY=SA;UNTIL=20270123 from 2026-11-28 by Schedule
        x every day starting monday at 8
            Act CreateTask, title "x", due 2026-11-30T08:00:00, every FREQ=DAILY from 2026-11-30T08:00:00 by Schedule
        x daily except on weekends
            Act CreateTask, title "x", due 2026-11-23, every FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR from 2026-11-23 by Schedule
        x every month except in july and august
            Act CreateTask, title "x", due 2026-11-23, every FREQ=MONTHLY;BYMONTH=1,2,3,4,5,6,9,10,11,12 from 2026-11-23 by Schedule
        x every wed from december until march except in january
            Act CreateTask, title "x", due 2026-12-02, every FREQ=WEEKLY;BYDAY=WE;UNTIL=20270301 from 2026-12-02 by Schedule, but 2027-01-06 2027-01-13 2027-01-20 2027-01-27
        x every month except in march and may
            Act CreateTask, title "x", due 2026-11-23, every FREQ=MONTHLY;BYMONTH=1,2,4,6,7,8,9,10,11,12 from 2026-11-23 by Schedule
        x saturdays through tuesdays
            Act CreateTask, title "x", due 2026-11-23, every FREQ=WEEKLY;BYDAY=SA,SU,MO,TU from 2026-11-23 by Schedule
        x monthly on the first and last instance of wed and fri
            Act CreateTask, title "x", due 2026-11-27, every FREQ=MONTHLY;BYDAY=WE,FR;BYSETPOS=1,-1 from 2026-11-27 by Schedule
    "#]].assert_eq(&table(texts, add));
}

#[test]
fn r_3_1_a_day_that_some_months_lack_falls_to_the_last() {
    let texts = "
        x monthly on the 31st
        x every month on the 30th
        x every year on february 29th
        ";
    expect![[r#"
        x monthly on the 31st
            Act CreateTask, title "x", due 2026-11-30, every RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD from 2026-11-30 by Schedule
        x every month on the 30th
            Act CreateTask, title "x", due 2026-11-30, every RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=30;SKIP=BACKWARD from 2026-11-30 by Schedule
        x every year on february 29th
            Act CreateTask, title "x", due 2027-02-28, every RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;SKIP=BACKWARD from 2027-02-28 by Schedule
    "#]].assert_eq(&table(texts, add));
}

#[test]
fn r_3_1_after_completion() {
    let texts = "
        x 3 days after completion
        x every 3 days after completion
        x every 6 weeks after I finish it
        ";
    expect![[r#"
        x 3 days after completion
            Act CreateTask, title "x", due 2026-11-23, every FREQ=DAILY;INTERVAL=3 from 2026-11-23 by Completion
        x every 3 days after completion
            Act CreateTask, title "x", due 2026-11-23, every FREQ=DAILY;INTERVAL=3 from 2026-11-23 by Completion
        x every 6 weeks after I finish it
            Act CreateTask, title "x", due 2026-11-23, every FREQ=WEEKLY;INTERVAL=6 from 2026-11-23 by Completion
    "#]].assert_eq(&table(texts, add));
}

#[test]
fn too_frequent_comes_back_with_a_problem() {
    let texts = "
        x every 30 seconds
        x every 20 min
        x every hour
        ";
    expect![[r#"
        x every 30 seconds
            Ask CreateTask, title "x", due 2026-11-23T10:00:00, every FREQ=SECONDLY;INTERVAL=30 from 2026-11-23T10:00:00 by Schedule, problem recurrence_too_frequent
        x every 20 min
            Ask CreateTask, title "x", due 2026-11-23T10:00:00, every FREQ=MINUTELY;INTERVAL=20 from 2026-11-23T10:00:00 by Schedule, problem recurrence_too_frequent
        x every hour
            Act CreateTask, title "x", due 2026-11-23T10:00:00, every FREQ=HOURLY from 2026-11-23T10:00:00 by Schedule
    "#]].assert_eq(&table(texts, add));
}

#[test]
fn what_no_rule_can_say_stays_in_the_title() {
    let texts = "
        gym twice a week
        read the weekly report
        call back three fridays from now
        ";
    expect![[r#"
        gym twice a week
            Act CreateTask, title "gym twice a week"
        read the weekly report
            Act CreateTask, title "read the weekly report"
        call back three fridays from now
            Act CreateTask, title "call back", due 2026-12-11
    "#]]
    .assert_eq(&table(texts, add));
}
