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

const PERMISSIONS: [(Permission, &str); 17] = [
    (Permission::FlowRead, "IdentityUserFlow.Read.All"),
    (Permission::FlowWrite, "IdentityUserFlow.ReadWrite.All"),
    (Permission::ListenerRead, "EventListener.Read.All"),
    (Permission::ListenerWrite, "EventListener.ReadWrite.All"),
    (Permission::ProviderRead, "IdentityProvider.Read.All"),
    (Permission::ProviderWrite, "IdentityProvider.ReadWrite.All"),
    (Permission::UserRead, "User.Read.All"),
    (Permission::UserWrite, "User.ReadWrite.All"),
    (Permission::ApplicationRead, "Application.Read.All"),
    (Permission::ApplicationWrite, "Application.ReadWrite.All"),
    (Permission::OrganizationRead, "Organization.Read.All"),
    (Permission::OrganizationWrite, "Organization.ReadWrite.All"),
    (Permission::PolicyRead, "Policy.Read.All"),
    (Permission::PolicyWrite, "Policy.ReadWrite.AuthenticationMethod"),
    (Permission::AuditRead, "AuditLog.Read.All"),
    (Permission::RoleRead, "RoleManagement.Read.Directory"),
    (Permission::RoleWrite, "RoleManagement.ReadWrite.Directory"),
];

impl Permission {
    pub fn all() -> impl Iterator<Item = Permission> {
        PERMISSIONS.into_iter().map(|(permission, _)| permission)
    }

    pub fn word(self) -> &'static str {
        PERMISSIONS.iter().find(|(permission, _)| *permission == self).map_or("", |(_, word)| word)
    }

    pub fn named(word: &str) -> Option<Permission> {
        PERMISSIONS.iter().find(|(_, known)| *known == word).map(|(permission, _)| *permission)
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

    fn is_read(self) -> bool {
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

const ROLES: [(Role, &str); 7] = [
    (Role::GlobalAdministrator, "Global Administrator"),
    (Role::UserFlowAdministrator, "External ID User Flow Administrator"),
    (Role::ApplicationAdministrator, "Application Administrator"),
    (Role::UserAdministrator, "User Administrator"),
    (Role::BrandingAdministrator, "Organizational Branding Administrator"),
    (Role::GlobalReader, "Global Reader"),
    (Role::ReportsReader, "Reports Reader"),
];

impl Role {
    pub fn all() -> impl Iterator<Item = Role> {
        ROLES.into_iter().map(|(role, _)| role)
    }

    pub fn word(self) -> &'static str {
        ROLES.iter().find(|(role, _)| *role == self).map_or("", |(_, word)| word)
    }

    pub fn named(word: &str) -> Option<Role> {
        ROLES.iter().find(|(_, known)| *known == word).map(|(role, _)| *role)
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
