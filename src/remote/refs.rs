//! Refs that came as ids where objects were asked for: the service ignores a name to populate that it does not know,
//! without a word. Each is read by its own route. Pure but for the ids.

use serde_json::Value;

/// Keys of refs and the routes on which their objects are read.
const ROUTES: &[(&str, &str)] = &[
    ("informationValidation", "information-validations"),
    ("emailValidation", "email-validations"),
    ("phoneValidation", "phone-validations"),
    ("documentValidation", "document-validations"),
    ("biometricValidation", "biometric-validations"),
    ("failedEmailValidations", "email-validations"),
    ("failedPhoneValidations", "phone-validations"),
    ("failedDocumentValidations", "document-validations"),
    ("failedBiometricValidations", "biometric-validations"),
];

/// Most objects that are read for one registration: the checks, and as many failed attempts as a flow may allow.
const MOST: usize = 24;

/// A ref that is only an id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unloaded {
    /// Where it stands in the registration, as a JSON pointer.
    place: String,
    /// The collection its object is in.
    pub(super) route: &'static str,
    /// Its id.
    pub(super) id: String,
}

/// The refs of a registration that are only ids.
pub(super) fn unloaded(registration: &Value) -> Vec<Unloaded> {
    let mut found = Vec::new();
    for (key, route) in ROUTES {
        let mut look = |place: String, value: &Value| {
            if let Some(id) = value.as_str().filter(|id| !id.trim().is_empty()) {
                found.push(Unloaded { place, route, id: id.to_owned() });
            }
        };
        match registration.get(key) {
            Some(Value::Array(items)) => {
                items.iter().enumerate().for_each(|(number, item)| look(format!("/{key}/{number}"), item));
            }
            Some(value) => look(format!("/{key}"), value),
            None => {}
        }
    }
    found.truncate(MOST);
    found
}

/// Puts an object in the place of its id, if it is that object.
pub(super) fn load(registration: &mut Value, unloaded: &Unloaded, object: Value) {
    let is_it = ["_id", "id"].iter().any(|key| object.get(key).and_then(Value::as_str) == Some(&unloaded.id));
    if let Some(place) = registration.pointer_mut(&unloaded.place).filter(|_| is_it) {
        *place = object;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_found_wherever_refs_stand_and_objects_take_their_place() {
        let mut registration = json!({
            "emailValidation": "e1", "phoneValidation": null, "documentValidation": { "_id": "d1" },
            "failedDocumentValidations": [{ "_id": "d0" }, "d2"], "person": "p1",
        });
        let found = unloaded(&registration);
        let shown: Vec<_> = found.iter().map(|found| (found.route, found.id.as_str())).collect();
        assert_eq!(shown, [("email-validations", "e1"), ("document-validations", "d2")]);
        load(&mut registration, &found[0], json!({ "_id": "e1", "status": "validated" }));
        load(&mut registration, &found[1], json!({ "_id": "somebody else's" }));
        assert_eq!(registration["emailValidation"]["status"], "validated");
        assert_eq!(registration["failedDocumentValidations"][1], "d2");
    }
}
