//! Secrets.

use super::*;

#[test]
fn the_key_is_made_once_and_private() {
    let folder = tempfile::tempdir().unwrap();
    let first = Key::kept_in(folder.path(), || [7; 32]).unwrap();
    let again = Key::kept_in(folder.path(), || [8; 32]).unwrap();
    assert_eq!(first.hash("token", "x"), again.hash("token", "x"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::write(folder.path().join("key"), "half a k").unwrap();
    assert!(
        Key::kept_in(folder.path(), || [9; 32])
            .unwrap_err()
            .to_string()
            .contains("does not hold a key")
    );
    assert!(Key::kept_in(&folder.path().join("nowhere"), || [9; 32]).is_err());
}

#[test]
fn who_comes_at_the_same_time_has_the_same_key() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let all = std::sync::Barrier::new(8);
        let keys: Vec<_> = std::thread::scope(|scope| {
            let one = |seed| {
                let (all, folder) = (&all, folder.path());
                scope.spawn(move || {
                    all.wait();
                    Key::kept_in(folder, || [seed; 32])
                })
            };
            let threads: Vec<_> = (0..8).map(one).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let kept = Key::kept_in(folder.path(), || [9; 32]).unwrap();
        for key in keys {
            assert_eq!(key.unwrap().hash("token", "x"), kept.hash("token", "x"));
        }
    }
}

#[test]
fn a_link_is_no_token() {
    let key = Key::new([1; 32]);
    assert_ne!(key.hash("link", "secret"), key.hash("token", "secret"));
    assert_ne!(
        key.hash("token", "secret"),
        Key::new([2; 32]).hash("token", "secret")
    );
    assert_eq!(key.hash("token", "secret").len(), 64);
    assert!(token([0; 32]).starts_with("errand_") && token([0; 32]).len() == 50);
    assert_eq!(key.installation(), Key::new([1; 32]).installation());
}
