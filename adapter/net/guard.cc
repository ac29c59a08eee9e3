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

bool Guard::IsQuick(const HttpRequest& request) const {
  return inner_->IsQuick(request) && open_.Has(DescribeAccess(request.method, request.target));
}

}  // namespace tacho::adapter
