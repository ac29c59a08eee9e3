#include "adapter/net/guard.h"

namespace tacho::adapter {

HttpResponse Guard::Handle(const HttpRequest& request) {
  const AccessRequest access = DescribeAccess(request.method, request.target);
  HttpResponse refusal;
  if (request.identity.source == IdentitySource::kRefused) {
    refusal.reply = Unauthorized();
  } else if (open_.Has(access) || authorizer_->Allows(request.identity, access)) {
    return inner_->Handle(request);
  } else {
    Add(&stats_->front_door.forbidden);
    refusal.reply = Forbidden(access, request.identity.user);
  }
  stats_->CountAnswer(ParseRoute(request.target).kind, refusal.reply.status);
  return refusal;
}

Lane Guard::LaneOf(const HttpRequest& request) const {
  const Lane lane = inner_->LaneOf(request);
  if (lane != Lane::kQuick) return lane;
  return open_.Has(DescribeAccess(request.method, request.target)) ? lane : Lane::kApi;
}

}  // namespace tacho::adapter
