//! Projects and flows in every shape in use; written in the flat shape of the third API version.

use serde_json::{Map, Value, json};

use super::{
    WireError,
    fields::{Fields, Ref},
    overview::stored,
    registration::fill,
};
use crate::model::{Flow, FlowSettings, FlowStep, Gateway, Project, Requirement, StepKind};

/// Reads a project in any shape.
pub fn decode_project(value: &Value) -> Result<Project, WireError> {
    let mut fields = object(value, "a project")?;
    Ok(Project {
        id: identity(&fields)?,
        name: fields.text("name").unwrap_or_default(),
        status: fields.text("status"),
        allowed_countries: countries(&mut fields, "allowedCountries").unwrap_or_default(),
        demo: fields.flag("demoMode").unwrap_or(false),
    })
}

/// A list of countries, as written; `None` where there is none.
pub(super) fn countries(fields: &mut Fields, key: &str) -> Option<Vec<String>> {
    fields.take_as(key, |listed| {
        Some(listed.as_array()?.iter().filter_map(|country| country.as_str().map(str::to_owned)).collect())
    })
}

/// The flows inside a project, where it holds them as objects and not only as ids. Flows that cannot be read are left
/// out.
pub fn decode_flows_of_project(value: &Value) -> Vec<Flow> {
    let project = value.get("_id").or_else(|| value.get("id")).and_then(Value::as_str).unwrap_or_default();
    let flows = match value.get("projectFlows") {
        Some(Value::Array(flows)) => flows.as_slice(),
        Some(flow @ Value::Object(_)) => std::slice::from_ref(flow),
        _ => &[],
    };
    let mut read: Vec<Flow> = flows.iter().filter_map(|flow| decode_flow(flow).ok()).collect();
    for flow in &mut read {
        if flow.project_id.is_empty() {
            project.clone_into(&mut flow.project_id);
        }
    }
    read
}

/// Reads a flow in any shape.
pub fn decode_flow(value: &Value) -> Result<Flow, WireError> {
    let mut fields = object(value, "a flow")?;
    let project = fields.text("projectId").or_else(|| fields.reference("project").id());
    Ok(Flow {
        id: identity(&fields)?,
        project_id: project.unwrap_or_default(),
        name: fields.text("name").unwrap_or_default(),
        status: fields.text("status"),
        settings: settings(fields).unwrap_or_default(),
    })
}

fn object(value: &Value, what: &str) -> Result<Fields, WireError> {
    Fields::of(value.clone()).ok_or_else(|| WireError::new("$", format!("is not an object, so it is not {what}")))
}

fn identity(fields: &Fields) -> Result<String, WireError> {
    fields.peek_id().ok_or_else(|| WireError::new("$.id", "is missing; there is neither `id` nor `_id`"))
}

/// A project in the shape of `GET /v3/projects`.
pub fn encode_project(project: &Project, flows: &[Flow]) -> Value {
    let own = flows.iter().filter(|flow| flow.project_id == project.id);
    json!({
        "_id": project.id,
        "name": project.name,
        "status": project.status,
        "demoMode": project.demo,
        "allowedCountries": project.allowed_countries,
        "projectFlows": own.map(encode_flow).collect::<Vec<_>>(),
    })
}

/// A flow in the flat v3 shape. What that shape has no place for stands in `settings`, as the model has it.
pub fn encode_flow(flow: &Flow) -> Value {
    let mut object = Map::new();
    object.insert("_id".to_owned(), json!(flow.id));
    object.insert("project".to_owned(), json!(flow.project_id));
    object.insert("type".to_owned(), json!("onboarding"));
    object.insert("name".to_owned(), json!(flow.name));
    object.insert("status".to_owned(), json!(flow.status));
    object.extend(write_settings(&flow.settings));
    Value::Object(object)
}

/// Settings in the flat v3 shape.
pub(super) fn write_settings(settings: &FlowSettings) -> Map<String, Value> {
    let requirement = |kind: StepKind| settings.requirement(&kind);
    let limit = |kind: StepKind| settings.step(&kind).and_then(|step| step.attempt_limit);
    let asked = |kind: StepKind, gateway: Option<&Gateway>| {
        settings.requirement(&kind).map(|requirement| *requirement != Requirement::Skip || gateway.is_some())
    };
    let gateways = (settings.email_gateway.as_ref(), settings.phone_gateway.as_ref());
    let criminal = requirement(StepKind::CriminalHistory).map(|requirement| *requirement != Requirement::Skip);
    let mut steps = Map::new();
    for (name, kind) in LIVE_STEPS {
        if let Some(requirement) = settings.requirement(kind) {
            steps.insert((*name).to_owned(), json!(requirement));
        }
    }
    let written = json!({
        "signUpForm": {
            "email": asked(StepKind::EmailVerification, gateways.0),
            "emailGateway": settings.email_gateway,
            "phone": asked(StepKind::PhoneVerification, gateways.1),
            "phoneGateway": settings.phone_gateway,
            "showTermsAndConditions": settings.asks_consent,
            "showPrivacyNotice": settings.asks_consent,
        },
        "documents": {
            "attemptLimit": limit(StepKind::DocumentVerification),
            "criminalHistoryVerification": criminal,
            "informationVerification": settings.verify_names,
        },
        "liveness": {
            "attemptLimit": limit(StepKind::BiometricVerification),
            "minScore": settings.liveness_min,
            "compareMinScore": settings.compare_min,
            "searchMinScore": settings.search_min,
        },
        "steps": steps,
        "settings": stored(settings),
    });
    match written {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Steps that the service names in a flow's `steps`.
const LIVE_STEPS: &[(&str, &StepKind)] = &[
    ("signUpForm", &StepKind::PersonalInfo),
    ("basicInformation", &StepKind::BasicInformation),
    ("document", &StepKind::DocumentVerification),
    ("liveness", &StepKind::BiometricVerification),
    ("form", &StepKind::Form),
];

/// Settings as the model stores them. Any object would do for that, so it has to name its steps.
pub(super) fn stored_settings(value: &Value) -> Option<FlowSettings> {
    value.get("steps")?.as_array()?;
    serde::Deserialize::deserialize(value).ok()
}

/// Reads the settings out of a flow. The shapes are merged, the flat one first: newer flows carry leftovers of the
/// older shape. `None` if the flow says nothing of the kind.
pub(super) fn settings(mut fields: Fields) -> Option<FlowSettings> {
    if let Some(settings) = fields.take_as("settings", stored_settings) {
        return Some(settings);
    }
    let mut older = fields.object("onboardingSettings");
    let mut draft = Draft::default();
    draft.read_forms(&mut fields);
    draft.read_forms(&mut older);
    draft.read_document(fields.object("documents"));
    draft.read_document(older.object("document"));
    draft.read_liveness(fields.object("liveness"));
    draft.read_liveness(older.object("liveness"));
    draft.read_configuration(fields.object("configuration"));
    let settings = draft.finish();
    (settings != FlowSettings::default()).then_some(settings)
}

/// Settings while they are being merged.
#[derive(Debug, Default)]
struct Draft {
    settings: FlowSettings,
    requirements: Vec<(StepKind, Requirement)>,
    document_limit: Option<u32>,
    liveness_limit: Option<u32>,
    criminal: Option<bool>,
}

impl Draft {
    fn require(&mut self, kind: StepKind, requirement: Requirement) {
        if !self.requirements.iter().any(|(known, _)| *known == kind) {
            self.requirements.push((kind, requirement));
        }
    }

    fn read_forms(&mut self, fields: &mut Fields) {
        match fields.reference("steps") {
            Ref::Object(mut steps) => {
                for (name, kind) in LIVE_STEPS {
                    if let Some(word) = steps.text(name) {
                        self.require((*kind).clone(), Requirement::parse(&word));
                    }
                }
            }
            _ => self.read_step_list(fields.list("steps").unwrap_or_default()),
        }
        let mut form = fields.object("signUpForm");
        let email_gateway = form.exact_text("emailGateway").as_deref().map(Gateway::parse);
        let phone_gateway = form.exact_text("phoneGateway").as_deref().map(Gateway::parse);
        self.read_contact(StepKind::EmailVerification, form.flag("email"), email_gateway.as_ref());
        self.read_contact(StepKind::PhoneVerification, form.flag("phone"), phone_gateway.as_ref());
        fill(&mut self.settings.email_gateway, email_gateway);
        fill(&mut self.settings.phone_gateway, phone_gateway);
        let shows = [form.flag("showTermsAndConditions"), form.flag("showPrivacyNotice")];
        if shows.iter().any(Option::is_some) {
            fill(&mut self.settings.asks_consent, Some(shows.contains(&Some(true))));
        }
        if let Some(signature) = fields.flag("requiresSignature") {
            self.require(StepKind::Signature, if signature { Requirement::Mandatory } else { Requirement::Skip });
        }
    }

    /// `steps[]` with a type each, as older overview pages and the configuration shape have it.
    fn read_step_list(&mut self, steps: Vec<Value>) {
        for mut step in steps.into_iter().filter_map(Fields::of) {
            let name = step.text("name");
            let Some(word) = step.first_text(&["stepType", "type"]) else { continue };
            let mut kind = StepKind::parse(&word);
            // A form named `personal_info` is the sign-up form, any other is the project's own.
            if kind == StepKind::Form && name.as_deref().map(StepKind::parse) == Some(StepKind::PersonalInfo) {
                kind = StepKind::PersonalInfo;
            }
            if let Some(required) = step.flag("required") {
                self.require(kind, if required { Requirement::Mandatory } else { Requirement::Optional });
            }
        }
    }

    /// E-mail and phone are verified if they are asked for and a gateway carries the code; without a gateway they are
    /// only collected, and no validation is to be expected.
    fn read_contact(&mut self, step: StepKind, asked: Option<bool>, gateway: Option<&Gateway>) {
        let requirement = match (asked, gateway) {
            (Some(false), _) | (Some(true), Some(Gateway::None)) => Requirement::Skip,
            (Some(true), Some(_)) => Requirement::Mandatory,
            _ => return,
        };
        self.require(step, requirement);
    }

    fn read_document(&mut self, mut document: Fields) {
        fill(&mut self.document_limit, document.count("attemptLimit").or_else(|| document.count("maxAttempts")));
        let criminal = ["criminalHistoryVerification", "verifyCriminalHistory", "screening"];
        fill(&mut self.criminal, criminal.iter().find_map(|key| document.flag(key)));
        let names = document.flag("informationVerification").or_else(|| document.flag("verifyNames"));
        fill(&mut self.settings.verify_names, names);
        fill(&mut self.settings.compare_min, document.score("compareMinScore"));
        if let (Some(scan), Some(upload)) =
            (document.flag("scanDocumentAllowed"), document.flag("uploadDocumentAllowed"))
        {
            fill(&mut self.settings.scan_only, Some(scan && !upload));
        }
    }

    fn read_liveness(&mut self, mut liveness: Fields) {
        fill(&mut self.liveness_limit, liveness.count("attemptLimit").or_else(|| liveness.count("maxAttempts")));
        let min = liveness.score("minScore").or_else(|| liveness.score("livenessMinScore"));
        fill(&mut self.settings.liveness_min, min);
        fill(&mut self.settings.compare_min, liveness.score("compareMinScore"));
        fill(&mut self.settings.search_min, liveness.score("searchMinScore"));
    }

    fn read_configuration(&mut self, mut configuration: Fields) {
        for (key, step) in [
            ("emailVerification", StepKind::EmailVerification),
            ("phoneVerification", StepKind::PhoneVerification),
            ("documentVerification", StepKind::DocumentVerification),
            ("biometricVerification", StepKind::BiometricVerification),
        ] {
            if let Some(required) = configuration.object(key).flag("required") {
                self.require(step, if required { Requirement::Mandatory } else { Requirement::Optional });
            }
        }
        let mut thresholds = configuration.object("securityThresholds");
        fill(&mut self.settings.liveness_min, thresholds.score("livenessScore"));
        fill(&mut self.settings.compare_min, thresholds.score("biometricScore"));
    }

    fn finish(mut self) -> FlowSettings {
        let requirement = |kind: &StepKind, draft: &Self| {
            draft.requirements.iter().find(|(known, _)| known == kind).map(|(_, requirement)| requirement.clone())
        };
        let document = requirement(&StepKind::DocumentVerification, &self);
        let liveness = requirement(&StepKind::BiometricVerification, &self);
        if let Some(compare) = compare_requirement(document.as_ref(), liveness.as_ref()) {
            self.require(StepKind::FaceComparison, compare);
        }
        match (self.criminal, document) {
            (Some(true), document) if document != Some(Requirement::Skip) => {
                self.require(StepKind::CriminalHistory, Requirement::Mandatory);
            }
            (Some(_), _) => self.require(StepKind::CriminalHistory, Requirement::Skip),
            (None, _) => {}
        }
        self.requirements.sort_by_key(|(kind, _)| kind.position());
        let (document_limit, liveness_limit) = (self.document_limit, self.liveness_limit);
        self.settings.steps = self
            .requirements
            .into_iter()
            .map(|(kind, requirement)| {
                let attempt_limit = match kind {
                    StepKind::DocumentVerification => document_limit,
                    StepKind::BiometricVerification => liveness_limit,
                    _ => None,
                };
                FlowStep { kind, requirement, attempt_limit }
            })
            .collect();
        self.settings
    }
}

/// Selfie and document portrait are compared when there are both.
fn compare_requirement(document: Option<&Requirement>, liveness: Option<&Requirement>) -> Option<Requirement> {
    match (document?, liveness?) {
        (Requirement::Skip, _) | (_, Requirement::Skip) => Some(Requirement::Skip),
        (Requirement::Mandatory, Requirement::Mandatory) => Some(Requirement::Mandatory),
        (Requirement::Unknown(_), _) | (_, Requirement::Unknown(_)) => None,
        _ => Some(Requirement::Optional),
    }
}
