//! IAM in the sandbox, through the real SDK.

use crate::sandbox::{code, config, start};
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{PolicyEvaluationDecisionType, Tag};
use sitecast::sandbox::pace::Pace;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::x/*"}]}"#;

#[tokio::test]
async fn the_sdk_reads_every_answer() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &[]).await;
    let client = Client::new(&config(&running, "us-east-1"));
    let tag = Tag::builder().key("site").value("acme").build().unwrap();
    let create =
        || client.create_role().role_name("copy").assume_role_policy_document(TRUST).tags(tag.clone());
    let created = create().send().await.unwrap();
    assert_eq!(created.role().unwrap().arn(), "arn:aws:iam::123456789012:role/copy");
    assert_eq!(code(create().send().await), "EntityAlreadyExists");
    let read = client.get_role().role_name("copy").send().await.unwrap();
    assert!(read.role().unwrap().assume_role_policy_document().unwrap().starts_with("%7B"));
    assert_eq!(read.role().unwrap().tags()[0].value(), "acme");
    client.put_role_policy().role_name("copy").policy_name("p").policy_document(POLICY).send().await.unwrap();
    let arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    client.attach_role_policy().role_name("copy").policy_arn(arn).send().await.unwrap();
    let inline = client.list_role_policies().role_name("copy").send().await.unwrap();
    assert_eq!(inline.policy_names(), ["p"]);
    let attached = client.list_attached_role_policies().role_name("copy").send().await.unwrap();
    assert_eq!(attached.attached_policies()[0].policy_arn(), Some(arn));
    assert_eq!(client.list_roles().send().await.unwrap().roles().len(), 1);
    assert!(
        client
            .list_instance_profiles_for_role()
            .role_name("copy")
            .send()
            .await
            .unwrap()
            .instance_profiles()
            .is_empty()
    );
    let policy = client.get_role_policy().role_name("copy").policy_name("p").send().await.unwrap();
    assert!(policy.policy_document().starts_with("%7B"));
    assert_eq!(code(client.delete_role().role_name("copy").send().await), "DeleteConflict");
    client.detach_role_policy().role_name("copy").policy_arn(arn).send().await.unwrap();
    client.delete_role_policy().role_name("copy").policy_name("p").send().await.unwrap();
    client.update_assume_role_policy().role_name("copy").policy_document(TRUST).send().await.unwrap();
    client.delete_role().role_name("copy").send().await.unwrap();
    assert_eq!(code(client.get_role().role_name("copy").send().await), "NoSuchEntity");
}

#[tokio::test]
async fn the_account_may_do_everything() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), Pace::Instant, &[]).await;
    let client = Client::new(&config(&running, "us-east-1"));
    let simulate = client.simulate_principal_policy().policy_source_arn("arn:aws:iam::123456789012:user/me");
    let simulated = simulate.action_names("s3:PutObject").send().await.unwrap();
    let result = &simulated.evaluation_results()[0];
    assert_eq!(result.eval_decision(), &PolicyEvaluationDecisionType::Allowed);
    let role = client.create_service_linked_role().aws_service_name("replicator.lambda.amazonaws.com");
    assert_eq!(role.send().await.unwrap().role().unwrap().role_name(), "AWSServiceRoleForLambdaReplicator");
}
