#pragma once

#include "dist/activity.hpp"
#include "dist/group.hpp"

namespace sslslr {

/// While it lives, in a training's loop over its steps, ranks that keep each other waiting are failed ones.
class StepsUnderWay {
public:
    /// @param group  must outlive this
    explicit StepsUnderWay(dist::Group& group) : group_{group} { group_.expect_progress(true); }
    ~StepsUnderWay() {
        group_.expect_progress(false);
        dist::enter_step(0);
    }
    StepsUnderWay(const StepsUnderWay&) = delete;
    StepsUnderWay& operator=(const StepsUnderWay&) = delete;

private:
    dist::Group& group_;
};

}  // namespace sslslr
