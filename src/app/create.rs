//! The form of a new registration: checked while it is typed, the server's refusal shown at the field it concerns.

use tui_input::Input;

use super::{
    Effects, Model, Overlay, RequestId,
    effect::Effect,
    handed_out::{Handed, HandedOut, Occasion},
    model::ToastKind,
    update::{input_request, paste_line},
};
use crate::{
    backend::{BackendError, CreateRequest, Created, ErrorKind},
    keys::{Code, Key},
    model::{Contact, Flow, Personal, Project, debug_only},
};

/// The fields, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Chosen with left and right.
    Project,
    /// Chosen with left and right, among the project's flows.
    Flow,
    /// E-mail address.
    Email,
    /// `+` and one to three digits.
    CountryCode,
    /// Digits.
    Phone,
    /// Full name.
    FullName,
    /// Language code.
    Language,
}

impl Field {
    /// All fields, in order.
    pub const ALL: &'static [Self] =
        &[Self::Project, Self::Flow, Self::Email, Self::CountryCode, Self::Phone, Self::FullName, Self::Language];

    /// Its label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Project => "Project",
            Self::Flow => "Flow",
            Self::Email => "E-mail",
            Self::CountryCode => "Country code",
            Self::Phone => "Phone",
            Self::FullName => "Full name",
            Self::Language => "Language",
        }
    }

    /// The field an error of the backend concerns.
    fn of_error(name: &str) -> Option<Self> {
        Some(match name {
            "project" => Self::Project,
            "flow" => Self::Flow,
            "email" => Self::Email,
            "country_code" => Self::CountryCode,
            "phone" => Self::Phone,
            "full_name" | "first_name" | "last_name" => Self::FullName,
            "language" => Self::Language,
            _ => return None,
        })
    }

    /// The field that a refusal without a named field is about, judged by its code.
    fn of_code(code: &str) -> Option<Self> {
        let code = code.to_ascii_lowercase();
        if code.contains("email") {
            Some(Self::Email)
        } else if code.contains("phone") {
            Some(Self::Phone)
        } else {
            None
        }
    }
}

/// The state of the form.
pub struct CreateForm {
    /// The field that gets the keys.
    pub focus: Field,
    /// Index into the model's projects.
    pub project: usize,
    /// Index into the flows of that project.
    pub flow: usize,
    email: Input,
    country_code: Input,
    phone: Input,
    full_name: Input,
    language: Input,
    /// What the server refused, and at which field.
    pub refusal: Option<(Option<Field>, String)>,
    /// The operator pressed Enter once: mistakes of empty fields are shown as well.
    pub tried: bool,
    sending: Option<RequestId>,
}

debug_only!(CreateForm { focus, project, flow, tried, sending });

impl CreateForm {
    fn new() -> Self {
        Self {
            focus: Field::Project,
            project: 0,
            flow: 0,
            email: Input::default(),
            country_code: Input::default(),
            phone: Input::default(),
            full_name: Input::default(),
            language: Input::default(),
            refusal: None,
            tried: false,
            sending: None,
        }
    }

    /// Whether the answer is still awaited.
    pub fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    /// The line editor of a text field.
    pub fn input(&self, field: Field) -> Option<&Input> {
        Some(match field {
            Field::Project | Field::Flow => return None,
            Field::Email => &self.email,
            Field::CountryCode => &self.country_code,
            Field::Phone => &self.phone,
            Field::FullName => &self.full_name,
            Field::Language => &self.language,
        })
    }

    fn input_mut(&mut self, field: Field) -> Option<&mut Input> {
        Some(match field {
            Field::Project | Field::Flow => return None,
            Field::Email => &mut self.email,
            Field::CountryCode => &mut self.country_code,
            Field::Phone => &mut self.phone,
            Field::FullName => &mut self.full_name,
            Field::Language => &mut self.language,
        })
    }

    fn text(&self, field: Field) -> &str {
        self.input(field).map_or("", |input| input.value().trim())
    }

    /// What is wrong with a field as it stands; the server may know more.
    pub fn mistake(&self, field: Field) -> Option<&'static str> {
        let text = self.text(field);
        match field {
            Field::Email if text.is_empty() && self.text(Field::Phone).is_empty() => {
                self.tried.then_some("an e-mail address or a phone is needed")
            }
            Field::Email if !text.is_empty() && !looks_like_email(text) => {
                Some("an address looks like name@example.com")
            }
            Field::CountryCode if text.is_empty() && !self.text(Field::Phone).is_empty() => {
                Some("a phone needs its country code, for example +57")
            }
            Field::CountryCode if !text.is_empty() && !looks_like_country_code(text) => {
                Some("+ and one to three digits, for example +57")
            }
            Field::Phone if !text.is_empty() && !text.chars().all(|character| character.is_ascii_digit()) => {
                Some("digits only, without the country code")
            }
            Field::Phone if !text.is_empty() && !(4..=15).contains(&text.len()) => Some("4 to 15 digits"),
            Field::Language if !text.is_empty() && !looks_like_language(text) => Some("two letters, for example es"),
            _ => None,
        }
    }

    fn has_mistake(&self) -> bool {
        Field::ALL.iter().any(|field| self.mistake(*field).is_some())
            || (self.text(Field::Email).is_empty() && self.text(Field::Phone).is_empty())
    }

    fn contact(&self) -> Contact {
        let personal = |field| Some(self.text(field)).filter(|text| !text.is_empty()).map(Personal::from);
        let plain = |field| Some(self.text(field)).filter(|text| !text.is_empty()).map(str::to_owned);
        Contact {
            email: personal(Field::Email),
            phone: personal(Field::Phone),
            country_code: plain(Field::CountryCode),
            full_name: personal(Field::FullName),
            language: plain(Field::Language),
            ..Contact::default()
        }
    }

    /// Puts a known contact into the fields.
    fn fill(&mut self, contact: &Contact) {
        let known = |value: Option<&Personal>| Input::new(value.map_or("", Personal::reveal).to_owned());
        self.email = known(contact.email.as_ref());
        self.phone = known(contact.phone.as_ref());
        self.full_name = known(contact.full_name.as_ref());
        self.country_code = Input::new(contact.country_code.clone().unwrap_or_default());
        self.language = Input::new(contact.language.clone().unwrap_or_default());
    }

    fn move_focus(&mut self, places: isize) {
        let count = Field::ALL.len().cast_signed();
        let here = Field::ALL.iter().position(|field| *field == self.focus).unwrap_or(0).cast_signed();
        self.focus = Field::ALL[(here + places).rem_euclid(count).cast_unsigned()];
    }
}

/// The shape of an address; whether it exists is for the code to find out.
fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !text.contains(char::is_whitespace)
            && !domain.contains('@')
    })
}

fn looks_like_country_code(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=3).contains(&digits.len()) && digits.chars().all(|character| character.is_ascii_digit())
    })
}

fn looks_like_language(text: &str) -> bool {
    (2..=5).contains(&text.len()) && text.chars().all(|character| character.is_ascii_alphabetic() || character == '-')
}

impl Model {
    /// The flows of the project that the form shows.
    pub fn flows_of(&self, form: &CreateForm) -> Vec<&Flow> {
        let project = self.projects.get(form.project).map_or("", |project| project.id.as_str());
        self.flows.iter().filter(|flow| flow.project_id == project).collect()
    }

    /// Opens the form, on the project of the selected registration.
    pub(super) fn open_create(&mut self) {
        let mut form = CreateForm::new();
        let subject = self.subject().and_then(|id| self.index.get(id));
        let is_its =
            |candidate: &Project| subject.as_ref().is_some_and(|entry| entry.registration.project.id == candidate.id);
        form.project = self.projects.iter().position(is_its).unwrap_or(0);
        self.overlays.push(Overlay::Create(Box::new(form)));
    }

    /// Opens the form for the person of the subject, to begin anew.
    pub(super) fn open_create_anew(&mut self) {
        let Some(entry) = self.subject().and_then(|id| self.index.get(id)) else { return };
        let registration = std::sync::Arc::clone(&entry.registration);
        self.open_create();
        let flows = self.form_on_top().map(|form| self.flows_of(form)).unwrap_or_default();
        let flow = flows.iter().position(|flow| flow.id == registration.flow.id).unwrap_or(0);
        if let Some(form) = self.form() {
            form.flow = flow;
            form.fill(&registration.contact);
        }
    }

    fn form_on_top(&self) -> Option<&CreateForm> {
        match self.overlays.last() {
            Some(Overlay::Create(form)) => Some(form),
            _ => None,
        }
    }

    fn form(&mut self) -> Option<&mut CreateForm> {
        match self.overlays.last_mut() {
            Some(Overlay::Create(form)) => Some(form),
            _ => None,
        }
    }

    /// A key for the form.
    pub(super) fn create_key(&mut self, key: Key) -> Effects {
        let Some(form) = self.form() else { return Effects::none() };
        match key.code {
            Code::Esc => {
                // An answer under way is still taken: the registration exists even if the form is gone.
                if !form.is_sending() {
                    self.overlays.pop();
                }
            }
            _ if form.is_sending() => {}
            Code::Tab | Code::Down => form.move_focus(1),
            Code::BackTab | Code::Up => form.move_focus(-1),
            Code::Enter => return self.submit_create(),
            Code::Left | Code::Right | Code::Char(' ') if matches!(form.focus, Field::Project | Field::Flow) => {
                self.choose(if key.code == Code::Left { -1 } else { 1 });
            }
            _ => {
                let focus = form.focus;
                if let (Some(input), Some(request)) = (form.input_mut(focus), input_request(key)) {
                    input.handle(request);
                    form.refusal = None;
                }
            }
        }
        Effects::none()
    }

    fn choose(&mut self, places: isize) {
        let projects = self.projects.len();
        let Some(Overlay::Create(form)) = self.overlays.last() else { return };
        let flows = self.flows_of(form).len();
        let Some(form) = self.form() else { return };
        let turn = |here: usize, count: usize| {
            if count == 0 { 0 } else { (here.cast_signed() + places).rem_euclid(count.cast_signed()).cast_unsigned() }
        };
        if form.focus == Field::Project {
            form.project = turn(form.project, projects);
            form.flow = 0;
        } else {
            form.flow = turn(form.flow, flows);
        }
        form.refusal = None;
    }

    /// Pasted text goes into the focused field, on one line.
    pub(super) fn create_paste(&mut self, text: &str) {
        if let Some(form) = self.form()
            && !form.is_sending()
            && let focus = form.focus
            && let Some(input) = form.input_mut(focus)
        {
            paste_line(input, text);
            form.refusal = None;
        }
    }

    fn submit_create(&mut self) -> Effects {
        let Some(Overlay::Create(form)) = self.overlays.last() else { return Effects::none() };
        let project = self.projects.get(form.project).map(|project| project.id.clone());
        let flow = self.flows_of(form).get(form.flow).map(|flow| flow.id.clone());
        let contact = form.contact();
        let request = self.requests.next();
        let Some(form) = self.form() else { return Effects::none() };
        form.tried = true;
        form.refusal = None;
        let (Some(project), Some(flow)) = (project, flow) else {
            form.refusal = Some((Some(Field::Flow), "this project has no flow; choose another project".to_owned()));
            return Effects::none();
        };
        if form.has_mistake() {
            if let Some(field) = Field::ALL.iter().find(|field| form.mistake(**field).is_some()) {
                form.focus = *field;
            }
            return Effects::none();
        }
        form.sending = Some(request);
        Effects::one(Effect::Create(request, CreateRequest { project, flow, user_id: None, contact }))
    }

    /// Takes the answer to a create.
    pub(super) fn created(&mut self, request: RequestId, answer: Result<Created, BackendError>) -> Effects {
        let Some(position) = self
            .overlays
            .iter()
            .position(|overlay| matches!(overlay, Overlay::Create(form) if form.sending == Some(request)))
        else {
            return Effects::none();
        };
        match answer {
            Ok(created) => {
                let id = created.registration.id.clone();
                self.upsert(vec![created.registration]);
                self.overlays[position] = Overlay::HandedOut(HandedOut {
                    occasion: Occasion::Created,
                    id: id.clone(),
                    handed: created.token.map(Handed::token),
                    shown: false,
                });
                self.back_to_queue();
                let shown = self.queue.select(&id, &self.index, self.list_rows);
                let hidden = if shown { "" } else { " The filter hides it." };
                self.toast(ToastKind::Done, format!("Created {id}.{hidden}"))
            }
            Err(error) => self.create_refused(position, error),
        }
    }

    fn create_refused(&mut self, position: usize, error: BackendError) -> Effects {
        let field = match &error.kind {
            ErrorKind::Invalid { field: Some(name) } => Field::of_error(name),
            _ => None,
        }
        .or_else(|| error.code.as_deref().and_then(Field::of_code));
        if let Some(Overlay::Create(form)) = self.overlays.get_mut(position) {
            form.sending = None;
            form.focus = field.unwrap_or(form.focus);
            form.refusal = Some((field, error.message.clone()));
        }
        if error.kind == ErrorKind::TimedOut {
            return self.toast(
                ToastKind::Error,
                "No answer in time: it is unknown whether the registration exists. Refresh before you try again.",
            );
        }
        self.toast(ToastKind::Error, error.message)
    }
}
