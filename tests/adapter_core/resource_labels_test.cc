#include "adapter/core/resource_labels.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Found(std::string_view resource, std::string_view group) {
  const ResourceInfo* info = FindResource(resource, group);
  return info == nullptr ? "unknown" : ToGroupResource(*info).ToString();
}

TEST(ResourcesTest, AreFoundBySingularAndPluralInAnyCase) {
  EXPECT_EQ(Found("pod", ""), "pods");
  EXPECT_EQ(Found("Pods", ""), "pods");
  EXPECT_EQ(Found("endpoints", ""), "endpoints");
  EXPECT_EQ(Found("container", ""), "unknown");
  EXPECT_EQ(Found("", ""), "unknown");
}

TEST(ResourcesTest, AGroupIsExactElseAPrefixElseNone) {
  EXPECT_EQ(Found("deployment", "apps"), "deployments.apps");
  EXPECT_EQ(Found("deployment", ""), "deployments.apps");
  EXPECT_EQ(Found("deployment", "extensions"), "deployments.extensions");
  EXPECT_EQ(Found("ingress", "networking"), "ingresses.networking.k8s.io");
  EXPECT_EQ(Found("ingress", "extensions"), "ingresses.extensions");
  EXPECT_EQ(Found("job", ""), "jobs.batch");
  EXPECT_EQ(Found("pod", "apps"), "unknown");
}

TEST(ResourcesTest, AnArgumentCarriesItsGroupAfterTheFirstDot) {
  EXPECT_EQ(FindResourceArgument("pods")->kind, "Pod");
  EXPECT_EQ(FindResourceArgument("ingresses.networking.k8s.io")->kind, "Ingress");
  EXPECT_EQ(FindResourceArgument("service")->plural, "services");
  EXPECT_EQ(FindResourceArgument("pods.nope"), nullptr);
}

TEST(ResourcesTest, ThreeAreRootScoped) {
  EXPECT_TRUE(IsRootScoped({"", "namespaces"}));
  EXPECT_TRUE(IsRootScoped({"", "nodes"}));
  EXPECT_TRUE(IsRootScoped({"", "persistentvolumes"}));
  EXPECT_FALSE(IsRootScoped({"", "pods"}));
  EXPECT_FALSE(IsRootScoped({"storage.k8s.io", "storageclasses"}));  // as upstream
}

TEST(LabelTemplateTest, RendersTheSingularAndTheGroupWithUnderscores) {
  const auto t = LabelTemplate::Parse("kube_<<.Group>>_<< .Resource >>_x");
  ASSERT_TRUE(t.ok());
  EXPECT_EQ(t->Render(*FindResource("deployments", "apps")), "kube_apps_deployment_x");
  EXPECT_EQ(t->Render(*FindResource("ingress", "networking.k8s.io")),
            "kube_networking_k8s_io_ingress_x");
  EXPECT_EQ(t->Render(*FindResource("pod", "")), "kube__pod_x");
}

TEST(LabelTemplateTest, ReadsLabelsBack) {
  const auto t = LabelTemplate::Parse("kube_<<.Group>>_<<.Resource>>");
  EXPECT_EQ(t->Extract("kube_apps_deployment")->plural, "deployments");
  EXPECT_EQ(t->Extract("kube_apps_nope"), nullptr);
  EXPECT_EQ(t->Extract("pod"), nullptr);
  // Not round-trip safe: the shortest group is taken. As upstream.
  EXPECT_EQ(t->Extract("kube_networking_k8s_io_ingress"), nullptr);
  const auto plain = LabelTemplate::Parse("<<.Resource>>");
  EXPECT_EQ(plain->Extract("pod")->plural, "pods");
  EXPECT_EQ(plain->Extract("job")->group, "batch");
  EXPECT_EQ(plain->Extract("instance"), nullptr);
}

TEST(LabelTemplateTest, PlainTextIsQuotedInTheRegexp) {
  const auto t = LabelTemplate::Parse("a.b(<<.Resource>>");
  ASSERT_TRUE(t.ok());
  EXPECT_EQ(t->Extract("a.b(pod")->plural, "pods");
  EXPECT_EQ(t->Extract("axb(pod"), nullptr);
}

TEST(LabelTemplateTest, OtherTemplatesAreRefused) {
  const auto error = [](std::string_view text) {
    return std::string(LabelTemplate::Parse(text).status().message());
  };
  EXPECT_EQ(error("kube_pod"),
            "must include at least `{{.Resource}}` in the label template; here it is written "
            "<<.Resource>>");
  EXPECT_THAT(error("<<.Group>>"), HasSubstr("must include at least"));
  EXPECT_THAT(error("<<.Resource"), HasSubstr("<< without >>"));
  EXPECT_THAT(error("<<.Name>>_<<.Resource>>"), HasSubstr("only .Group and .Resource"));
  EXPECT_THAT(error("<<.Resource>><<.Resource>>"), HasSubstr("must stand there once"));
  EXPECT_THAT(error("<<.Group>><<.Group>><<.Resource>>"), HasSubstr("must stand there once"));
}

ResourceLabels Overrides() {
  ResourceLabels labels;
  labels.overrides = {{"kubernetes_namespace", {"", "namespaces"}},
                      {"pod_name", {"", "pods"}},
                      {"pod", {"", "pods"}}};
  return labels;
}

TEST(ResourceLabelsTest, OverridesMapBothWaysAndTheFirstIsAsked) {
  const ResourceLabels labels = Overrides();
  EXPECT_THAT(labels.ResourcesOf({"job", "kubernetes_namespace", "pod", "pod_name"}),
              ElementsAre(GroupResource{"", "namespaces"}, GroupResource{"", "pods"}));
  EXPECT_EQ(labels.LabelOf({"", "pods"}), "pod_name");
  EXPECT_EQ(labels.LabelOf({"", "nodes"}), std::nullopt);
  EXPECT_EQ(labels.ResourceOf("instance"), std::nullopt);
}

TEST(ResourceLabelsTest, OverridesWinOverTheTemplate) {
  ResourceLabels labels = Overrides();
  labels.label_template = *LabelTemplate::Parse("<<.Resource>>");
  EXPECT_EQ(labels.LabelOf({"", "pods"}), "pod_name");
  EXPECT_EQ(labels.LabelOf({"", "services"}), "service");
  EXPECT_EQ(labels.LabelOf({"example.com", "widgets"}), std::nullopt);
  EXPECT_EQ(labels.ResourceOf("pod")->resource, "pods");
  EXPECT_EQ(labels.ResourceOf("node")->resource, "nodes");
}

}  // namespace
}  // namespace tacho::adapter
