//! Zones written with right check digits, and what becomes of them when something is changed.
#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::{Checked, FILLER, LOOK_ALIKES, Mrz, check_digit, differ_by_one_misread, value};

/// A text filled up to its length.
fn field(text: &str, length: usize) -> String {
    format!("{text:<<length$}")
}

/// A field with its check digit.
fn checked(text: &str, length: usize) -> String {
    let text = field(text, length);
    let digit = check_digit(text.as_bytes());
    format!("{text}{digit}")
}

/// A passport's zone in two lines, with right check digits.
pub fn passport(number: &str, birth: &str, expiry: &str, personal: &str) -> String {
    let (number, birth, expiry) = (checked(number, 9), checked(birth, 6), checked(expiry, 6));
    let personal = checked(personal, 14);
    let whole = check_digit(format!("{number}{birth}{expiry}{personal}").as_bytes());
    let name = field("P<UTOMUESTRA<<ALBA", 44);
    format!("{name}\n{number}UTO{birth}F{expiry}{personal}{whole}")
}

/// A card's zone in three lines, with right check digits. A number of more than nine characters overflows.
fn card(number: &str, birth: &str, expiry: &str, personal: &str) -> String {
    let digit = check_digit(number.as_bytes());
    let (number, optional) = match number.split_at_checked(9) {
        Some((start, rest)) if !rest.is_empty() => (format!("{start}<"), field(&format!("{rest}{digit}"), 15)),
        _ => (checked(number, 9), field(personal, 15)),
    };
    let (birth, expiry, second) = (checked(birth, 6), checked(expiry, 6), field("", 11));
    let whole = check_digit(format!("{number}{optional}{birth}{expiry}{second}").as_bytes());
    format!("I<UTO{number}{optional}\n{birth}F{expiry}UTO{second}{whole}\n{}", field("MUESTRA<<ALBA", 30))
}

/// The zone of a larger card in two lines, with right check digits.
fn large_card(number: &str, birth: &str, expiry: &str, personal: &str) -> String {
    let (number, birth, expiry, optional) =
        (checked(number, 9), checked(birth, 6), checked(expiry, 6), field(personal, 7));
    let whole = check_digit(format!("{number}{birth}{expiry}{optional}").as_bytes());
    format!("{}\n{number}UTO{birth}F{expiry}{optional}{whole}", field("I<UTOMUESTRA<<ALBA", 36))
}

fn read(text: &str) -> Mrz {
    Mrz::read(text).unwrap()
}

#[test]
fn the_specimens_of_the_standard_are_read_and_agree() {
    let specimens = [
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "L898902C3",
            "ZE184226B",
        ),
        ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6", "D23145890", ""),
        (
            "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
            "D23145890",
            "",
        ),
    ];
    for (text, number, optional) in specimens {
        let zone = read(text);
        assert_eq!(zone.failed_checks(), [], "{number}");
        assert_eq!(
            (zone.issuer(), zone.number(), zone.optional().concat()),
            ("UTO".into(), number.into(), optional.into())
        );
        assert_eq!((zone.birth().as_deref(), zone.expiry().as_deref()), (Some("740812"), Some("120415")));
    }
}

#[test]
fn a_visa_has_no_digit_over_the_whole() {
    let text = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<";
    assert_eq!(read(text).failed_checks(), []);
}

#[test]
fn a_number_longer_than_its_field_goes_on_in_the_optional_one() {
    let zone = read(&card("D23145890734", "740812", "300415", ""));
    assert_eq!((zone.failed_checks(), zone.number()), (vec![], "D23145890734".to_owned()));
    let forged = card("D23145890734", "740812", "300415", "").replacen("734", "744", 1);
    assert!(read(&forged).failed_checks().contains(&Checked::Number));
}

#[test]
fn a_birth_date_of_which_a_part_is_unknown_is_no_date() {
    let zone = read(&passport("X1234567", "74<<<<", "300415", ""));
    assert_eq!((zone.failed_checks(), zone.birth()), (vec![], None));
}

#[test]
fn an_empty_personal_number_needs_no_digit() {
    let mut text = passport("X1234567", "740812", "300415", "");
    let place = text.len() - 2;
    text.replace_range(place..=place, "<");
    assert_eq!(read(&text).failed_checks(), []);
}

#[test]
fn a_letter_for_the_digit_it_looks_like_is_a_misreading_and_an_altered_date_is_none() {
    let genuine = passport("X1204567", "740812", "300415", "");
    let misread = read(&genuine.replace("X1204567", "X12O4567"));
    assert_eq!(misread.failed_checks(), [Checked::Number, Checked::Whole]);
    assert!(misread.is_one_misread());
    let altered = read(&genuine.replace("740812", "840812"));
    assert_eq!(altered.failed_checks(), [Checked::Birth, Checked::Whole]);
    assert!(!altered.is_one_misread());
}

#[test]
fn two_texts_differ_by_a_misreading_only_in_one_place_and_only_by_look_alikes() {
    assert!(differ_by_one_misread("ab8123", "abb123"));
    assert!(!differ_by_one_misread("ab8123", "ab9123"));
    assert!(!differ_by_one_misread("0808", "obob"));
    assert!(!differ_by_one_misread("12", "123"));
    assert!(!differ_by_one_misread("12", "12"));
}

fn parts() -> impl Strategy<Value = (String, String, String, String)> {
    let date = || "[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])";
    ("[A-Z0-9]{1,9}", date(), date(), "[A-Z0-9]{0,7}")
}

proptest! {
    #[test]
    fn what_is_written_with_right_digits_agrees((number, birth, expiry, personal) in parts()) {
        for build in [passport, card, large_card] {
            let zone = read(&build(&number, &birth, &expiry, &personal));
            prop_assert_eq!(zone.failed_checks(), vec![]);
            prop_assert_eq!(zone.number(), number.clone());
            prop_assert_eq!((zone.birth(), zone.expiry()), (Some(birth.clone()), Some(expiry.clone())));
            prop_assert_eq!(zone.optional().concat(), personal.clone());
        }
    }

    #[test]
    fn any_character_of_another_value_is_noticed(
        (number, birth, expiry, personal) in parts(), place in 0_usize..6, other in "[A-Z0-9<]",
    ) {
        for build in [passport, card, large_card] {
            let genuine = build(&number, &birth, &expiry, &personal);
            let start = genuine.find(&format!("{birth}{}", check_digit(birth.as_bytes()))).unwrap();
            let mut altered = genuine.clone();
            altered.replace_range(start + place..=start + place, &other);
            let before = value(genuine.as_bytes()[start + place]);
            let same = value(other.as_bytes()[0]) % 10 == before % 10;
            prop_assert_eq!(read(&altered).failed_checks().is_empty(), same);
        }
    }

    #[test]
    fn a_text_of_another_length_is_no_zone(text in "[A-Z0-9<]{0,71}|[A-Z0-9<]{73,87}|\\PC{0,100}") {
        let length = text.chars().filter(|character| !character.is_whitespace()).count();
        prop_assert!(Mrz::read(&text).is_none() || matches!(length, 72 | 88 | 90));
    }

    #[test]
    fn any_zone_of_the_right_length_can_be_asked_everything(text in "[A-Z0-9<]{72}|[A-Z0-9<]{88}|[A-Z0-9<]{90}") {
        let zone = read(&text);
        let _ = (zone.failed_checks(), zone.is_one_misread());
        let told = [Some(zone.issuer()), Some(zone.number()), zone.birth(), zone.expiry()];
        prop_assert!(told.iter().flatten().all(|field| !field.contains('<')));
    }

    #[test]
    fn one_look_alike_for_a_digit_of_a_date_is_a_misreading(
        (number, birth, expiry, personal) in parts(), choice in 0..LOOK_ALIKES.len(),
    ) {
        let (letter, digit) = LOOK_ALIKES[choice];
        let genuine = passport(&number, &birth, &expiry, &personal);
        let line = genuine.find('\n').unwrap() + 1;
        let place = genuine[line + 13..line + 19].find(char::from(digit)).map(|place| line + 13 + place);
        if let Some(place) = place {
            let mut misread = genuine.clone();
            misread.replace_range(place..=place, &char::from(letter).to_string());
            let zone = read(&misread);
            let unnoticed = value(letter) % 10 == value(digit) % 10;
            prop_assert!(unnoticed || zone.is_one_misread());
            prop_assert!(zone.birth().is_none());
        }
    }
}

#[test]
fn fillers_count_nothing() {
    assert_eq!((value(FILLER), check_digit(b"AB2134<<<")), (0, 5));
}
