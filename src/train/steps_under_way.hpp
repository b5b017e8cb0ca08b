#pragma once

#include "dist/activity.hpp"
#include "dist/group.hpp"

namespace sslslr {

/// While it exists, during a training's loop over steps, ranks that keep the others waiting count as failed.
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
