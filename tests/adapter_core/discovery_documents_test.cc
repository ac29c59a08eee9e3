#include "adapter/core/discovery_documents.h"

#include <boost/json/parse.hpp>
#include <string>

#include "adapter/core/accept.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const ApiContents kAll = {{ApiGroup::kCustom, ApiGroup::kExternal, ApiGroup::kResource},
                          {{"pods/http_requests", true}},
                          {"queue_depth"}};

TEST(DiscoveryDocumentsTest, ResourceListsToTheByte) {
  const DiscoveryDocuments documents(kAll);
  EXPECT_EQ(*documents.ResourceList(ApiGroup::kCustom, ApiVersion::kV1beta1),
            R"({"kind":"APIResourceList","apiVersion":"v1",)"
            R"("groupVersion":"custom.metrics.k8s.io/v1beta1","resources":[)"
            R"({"name":"pods/http_requests","singularName":"","namespaced":true,)"
            R"("kind":"MetricValueList","verbs":["get"]}]})"
            "\n");
  EXPECT_THAT(*documents.ResourceList(ApiGroup::kCustom, ApiVersion::kV1beta2),
              HasSubstr("\"groupVersion\":\"custom.metrics.k8s.io/v1beta2\""));
  EXPECT_EQ(*documents.ResourceList(ApiGroup::kExternal, ApiVersion::kV1beta1),
            R"({"kind":"APIResourceList","apiVersion":"v1",)"
            R"("groupVersion":"external.metrics.k8s.io/v1beta1","resources":[)"
            R"({"name":"queue_depth","singularName":"","namespaced":true,)"
            R"("kind":"ExternalMetricValueList","verbs":["get"]}]})"
            "\n");
  EXPECT_THAT(*documents.ResourceList(ApiGroup::kResource, ApiVersion::kV1beta1),
              HasSubstr(R"({"name":"pods","singularName":"","namespaced":true,)"
                        R"("kind":"PodMetrics","verbs":["get","list"]})"));
}

// v1beta2 is served and not listed, as upstream.
TEST(DiscoveryDocumentsTest, GroupsToTheByte) {
  const DiscoveryDocuments documents({{ApiGroup::kCustom}, {}, {}});
  EXPECT_EQ(*documents.Group(ApiGroup::kCustom),
            R"({"kind":"APIGroup","apiVersion":"v1","name":"custom.metrics.k8s.io",)"
            R"("versions":[{"groupVersion":"custom.metrics.k8s.io/v1beta1","version":"v1beta1"}],)"
            R"("preferredVersion":{"groupVersion":"custom.metrics.k8s.io/v1beta1",)"
            R"("version":"v1beta1"}})"
            "\n");
  EXPECT_EQ(documents.GroupList(GroupListForm::kPlain),
            R"({"kind":"APIGroupList","groups":[{"name":"custom.metrics.k8s.io",)"
            R"("versions":[{"groupVersion":"custom.metrics.k8s.io/v1beta1","version":"v1beta1"}],)"
            R"("preferredVersion":{"groupVersion":"custom.metrics.k8s.io/v1beta1",)"
            R"("version":"v1beta1"}}]})"
            "\n");
  EXPECT_EQ(documents.Group(ApiGroup::kExternal), nullptr);
  EXPECT_EQ(documents.ResourceList(ApiGroup::kResource, ApiVersion::kV1beta1), nullptr);
}

TEST(DiscoveryDocumentsTest, TheAggregatedFormHasResourceMetricsOnly) {
  const DiscoveryDocuments documents(kAll);
  EXPECT_THAT(documents.GroupList(GroupListForm::kAggregatedV2),
              HasSubstr("\"apiVersion\":\"apidiscovery.k8s.io/v2\",\"metadata\":{},\"items\":["
                        "{\"metadata\":{\"name\":\"metrics.k8s.io\""));
  EXPECT_THAT(documents.GroupList(GroupListForm::kAggregatedV2), Not(HasSubstr("custom")));
  EXPECT_EQ(DiscoveryDocuments({{ApiGroup::kCustom}, {}, {}})
                .GroupList(GroupListForm::kAggregatedV2beta1),
            R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2beta1",)"
            R"("metadata":{},"items":[]})"
            "\n");
}

TEST(DiscoveryDocumentsTest, OpenApiDocumentsAreJsonAndPointToEachOther) {
  const DiscoveryDocuments documents(kAll);
  for (const char* path :
       {"v2", "v3", "v3/apis/custom.metrics.k8s.io/v1beta1",
        "v3/apis/custom.metrics.k8s.io/v1beta2", "v3/apis/external.metrics.k8s.io/v1beta1",
        "v3/apis/metrics.k8s.io/v1beta1"}) {
    const std::string* document = documents.OpenApi(path);
    ASSERT_NE(document, nullptr) << path;
    boost::json::error_code error;
    const auto json =
        boost::json::parse(boost::json::string_view(document->data(), document->size()), error);
    ASSERT_FALSE(error) << path;
    EXPECT_TRUE(json.as_object().contains("paths")) << path;
  }
  EXPECT_THAT(*documents.OpenApi("v3"),
              HasSubstr("\"serverRelativeURL\":\"/openapi/v3/apis/metrics.k8s.io/v1beta1?hash="));
  EXPECT_THAT(*documents.OpenApi("v2"),
              HasSubstr("\"/apis/custom.metrics.k8s.io/v1beta2/namespaces/{namespace}/{resource}/"
                        "{name}/{metric}\""));
  EXPECT_EQ(documents.OpenApi("v3/apis/nope"), nullptr);
}

TEST(AcceptTest, FindsTheFirstEntryThatWeHave) {
  const auto form = [](std::string_view header) { return ParseAccept(header).group_list; };
  EXPECT_EQ(form(""), GroupListForm::kPlain);
  EXPECT_EQ(form("application/json"), GroupListForm::kPlain);
  EXPECT_EQ(form("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
                 "application/json"),
            GroupListForm::kAggregatedV2);
  EXPECT_EQ(form("application/json;as=APIGroupDiscoveryList;v=v2beta1;g=apidiscovery.k8s.io"),
            GroupListForm::kAggregatedV2beta1);
  EXPECT_EQ(form("application/json;as=APIGroupDiscoveryList;v=v9;g=apidiscovery.k8s.io, "
                 "application/json; as=APIGroupDiscoveryList; v=v2"),
            GroupListForm::kAggregatedV2);
  EXPECT_EQ(form("application/json;as=Table;v=v1;g=meta.k8s.io,application/json"),
            GroupListForm::kPlain);
  EXPECT_EQ(form("application/vnd.kubernetes.protobuf, */*"), GroupListForm::kPlain);
}

TEST(AcceptTest, YamlAndTextCountOnlyBeforeJson) {
  EXPECT_TRUE(ParseAccept("application/yaml").yaml);
  EXPECT_FALSE(ParseAccept("application/json, application/yaml").yaml);
  EXPECT_FALSE(ParseAccept("*/*, application/yaml").yaml);
  EXPECT_TRUE(ParseAccept("text/html,application/xhtml+xml").text);
  EXPECT_TRUE(ParseAccept("image/png, TEXT/plain;q=0.5").text);
}

}  // namespace
}  // namespace tacho::adapter
