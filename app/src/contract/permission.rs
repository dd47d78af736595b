//! What may be done by the management API: Graph's permissions, and the administrators' roles that they are made of.

use serde::{Deserialize, Serialize};

/// As tokens name them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Permission {
    FlowRead,
    FlowWrite,
    /// The older word for the same; every flow route takes either.
    ListenerRead,
    ListenerWrite,
    ProviderRead,
    ProviderWrite,
    UserRead,
    UserWrite,
    ApplicationRead,
    ApplicationWrite,
    OrganizationRead,
    OrganizationWrite,
    PolicyRead,
    PolicyWrite,
    AuditRead,
    RoleRead,
    RoleWrite,
}

/// With the id that Graph gives each as an application's permission.
const PERMISSIONS: [(Permission, &str, &str); 17] = [
    (Permission::FlowRead, "IdentityUserFlow.Read.All", "1b0c317f-dd31-4305-9932-259a8b6e8099"),
    (Permission::FlowWrite, "IdentityUserFlow.ReadWrite.All", "65319a09-a2be-469d-8782-f6b07debf789"),
    (Permission::ListenerRead, "EventListener.Read.All", "b7f6385c-6ce6-4639-a480-e23c42ed9784"),
    (Permission::ListenerWrite, "EventListener.ReadWrite.All", "0edf5e9e-4ce8-468a-8432-d08631d18c43"),
    (Permission::ProviderRead, "IdentityProvider.Read.All", "e321f0bb-e7f7-481e-bb28-e3b0b32d4bd0"),
    (Permission::ProviderWrite, "IdentityProvider.ReadWrite.All", "90db2b9a-d928-4d33-a4dd-8442ae3d41e4"),
    (Permission::UserRead, "User.Read.All", "df021288-bdef-4463-88db-98f22de89214"),
    (Permission::UserWrite, "User.ReadWrite.All", "741f803b-c850-494e-b5df-cde7c675a1ca"),
    (Permission::ApplicationRead, "Application.Read.All", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"),
    (Permission::ApplicationWrite, "Application.ReadWrite.All", "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"),
    (Permission::OrganizationRead, "Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6"),
    (Permission::OrganizationWrite, "Organization.ReadWrite.All", "292d869f-3427-49a8-9dab-8c70152b74e9"),
    (Permission::PolicyRead, "Policy.Read.All", "246dd0d5-5bd0-4def-940b-0421030a5b68"),
    (Permission::PolicyWrite, "Policy.ReadWrite.AuthenticationMethod", "29c18626-4985-4dcd-85c0-193eef327366"),
    (Permission::AuditRead, "AuditLog.Read.All", "b0afded3-3588-46d8-8b3d-9842eff778da"),
    (Permission::RoleRead, "RoleManagement.Read.Directory", "483bed4a-2ad3-4361-a73b-c83ccdbdc53c"),
    (Permission::RoleWrite, "RoleManagement.ReadWrite.Directory", "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"),
];

impl Permission {
    pub fn all() -> impl Iterator<Item = Permission> {
        PERMISSIONS.into_iter().map(|(permission, ..)| permission)
    }

    pub fn word(self) -> &'static str {
        PERMISSIONS.iter().find(|(permission, ..)| *permission == self).map_or("", |(_, word, _)| word)
    }

    pub fn named(word: &str) -> Option<Permission> {
        PERMISSIONS.iter().find(|(_, known, _)| *known == word).map(|(permission, ..)| *permission)
    }

    pub fn id(self) -> &'static str {
        PERMISSIONS.iter().find(|(permission, ..)| *permission == self).map_or("", |(.., id)| id)
    }

    /// By its id or its word: scripts know either.
    pub fn known_as(id: &str) -> Option<Permission> {
        PERMISSIONS.iter().find(|(_, word, known)| *known == id || *word == id).map(|(permission, ..)| *permission)
    }

    /// Whoever may write may read; a flow has two words in Graph that mean the same here.
    pub fn includes(self, needed: Permission) -> bool {
        use Permission::*;
        let (this, needed) = (self.plain(), needed.plain());
        this == needed
            || matches!(
                (this, needed),
                (FlowWrite, FlowRead)
                    | (ProviderWrite, ProviderRead)
                    | (UserWrite, UserRead)
                    | (ApplicationWrite, ApplicationRead)
                    | (OrganizationWrite, OrganizationRead)
                    | (PolicyWrite, PolicyRead)
                    | (RoleWrite, RoleRead)
            )
    }

    fn plain(self) -> Permission {
        match self {
            Permission::ListenerRead => Permission::FlowRead,
            Permission::ListenerWrite => Permission::FlowWrite,
            other => other,
        }
    }

    pub fn is_read(self) -> bool {
        !self.word().contains("Write")
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.word().into()
    }
}

impl TryFrom<String> for Permission {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Permission::named(&word).ok_or_else(|| format!("there is no permission '{word}'"))
    }
}

/// Of an administrator in one tenant, or in all. By the names that Entra gives them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Role {
    GlobalAdministrator,
    UserFlowAdministrator,
    ApplicationAdministrator,
    UserAdministrator,
    BrandingAdministrator,
    GlobalReader,
    ReportsReader,
}

/// With the id that Entra gives each.
const ROLES: [(Role, &str, &str, &str); 7] = [
    (
        Role::GlobalAdministrator,
        "Global Administrator",
        "62e90394-69f5-4237-9190-012177145e10",
        "May do everything, and say who else may do what.",
    ),
    (
        Role::UserFlowAdministrator,
        "External ID User Flow Administrator",
        "6e591065-9bad-43ed-90f3-e9424366d2f0",
        "Designs user flows and the attributes that they ask for.",
    ),
    (
        Role::ApplicationAdministrator,
        "Application Administrator",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Registers applications and keeps their secrets.",
    ),
    (
        Role::UserAdministrator,
        "User Administrator",
        "fe930be7-5e62-47db-91af-98c3a49a38b1",
        "Adds, changes and deletes people, and ends their sessions.",
    ),
    (
        Role::BrandingAdministrator,
        "Organizational Branding Administrator",
        "92ed04bf-c94a-4b82-9729-b799a7a4c178",
        "Chooses how the pages look and what they say.",
    ),
    (
        Role::GlobalReader,
        "Global Reader",
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        "Reads everything and changes nothing.",
    ),
    (
        Role::ReportsReader,
        "Reports Reader",
        "4a5d8f65-41da-4de4-8968-e035b65339cf",
        "Reads who signed in, what was changed, and the numbers.",
    ),
];

impl Role {
    pub fn all() -> impl Iterator<Item = Role> {
        ROLES.into_iter().map(|(role, ..)| role)
    }

    pub fn word(self) -> &'static str {
        ROLES.iter().find(|(role, ..)| *role == self).map_or("", |(_, word, ..)| word)
    }

    pub fn named(word: &str) -> Option<Role> {
        ROLES.iter().find(|(_, known, ..)| *known == word).map(|(role, ..)| *role)
    }

    pub fn id(self) -> &'static str {
        ROLES.iter().find(|(role, ..)| *role == self).map_or("", |(_, _, id, _)| id)
    }

    pub fn says(self) -> &'static str {
        ROLES.iter().find(|(role, ..)| *role == self).map_or("", |(.., says)| says)
    }

    /// By its id or its name.
    pub fn known_as(id: &str) -> Option<Role> {
        ROLES.iter().find(|(_, word, known, _)| *known == id || *word == id).map(|(role, ..)| *role)
    }

    /// Everybody with a role may know the tenant's name; what else each may do is this table.
    pub fn grants(self, needed: Permission) -> bool {
        use Permission::*;
        let table: &[Permission] = match self {
            Role::GlobalAdministrator => return true,
            Role::GlobalReader => return needed.is_read(),
            Role::UserFlowAdministrator => &[FlowWrite, ProviderRead, ApplicationRead, PolicyRead, OrganizationRead],
            Role::ApplicationAdministrator => &[ApplicationWrite, FlowRead, OrganizationRead],
            Role::UserAdministrator => &[UserWrite, FlowRead, OrganizationRead],
            Role::BrandingAdministrator => &[OrganizationWrite],
            Role::ReportsReader => &[AuditRead, OrganizationRead],
        };
        table.iter().any(|granted| granted.includes(needed))
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.word().into()
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Role::named(&word).ok_or_else(|| format!("there is no role '{word}'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_write_may_read_and_not_the_other_way() {
        assert!(Permission::FlowWrite.includes(Permission::ListenerRead));
        assert!(!Permission::FlowRead.includes(Permission::FlowWrite));
        assert!(!Permission::UserWrite.includes(Permission::ApplicationRead));
    }

    #[test]
    fn readers_write_nothing() {
        for permission in Permission::all().filter(|permission| !permission.is_read()) {
            assert!(
                !Role::GlobalReader.grants(permission) && !Role::ReportsReader.grants(permission),
                "{permission:?}"
            );
        }
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        assert!(Permission::all().all(|permission| Permission::named(permission.word()) == Some(permission)));
        assert!(Role::all().all(|role| Role::named(role.word()) == Some(role)));
    }
}
