#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace sslslr {

// Lengths are in shoulder widths. x points to the right of the image (the signer's left), y down; the origin
// is the middle of the shoulders.

/// The position of one hand, and its shape.
struct Arm {
    double x = 0;       ///< of the wrist, outwards from the middle of the body
    double y = 0;       ///< of the wrist, down from the shoulders
    double turn_x = 0;  ///< added to the direction of the forearm to give that of the hand
    double turn_y = 0;
    std::array<double, 5> curl{};  ///< of each finger, starting with the thumb: 0 straight to 1 a fist
};

/// The part of a skeleton that moves.
struct Posture {
    Arm left;
    Arm right;
};

/// Calls `change` with every number of one posture, or with the corresponding numbers of two.
template <class Change, class... Postures>
void for_each_value(Change change, Postures&... postures) {
    const auto arm = [&](auto&... arms) {
        change(arms.x...);
        change(arms.y...);
        change(arms.turn_x...);
        change(arms.turn_y...);
        for (std::size_t finger = 0; finger < Arm{}.curl.size(); ++finger) {
            change(arms.curl[finger]...);
        }
    };
    arm(postures.left...);
    arm(postures.right...);
}

/// The part that does not move: a signer's build and place in the image.
struct Body {
    double upper_arm = 0.8;
    double forearm = 0.75;
    double hand = 0.5;             ///< wrist to the tip of the middle finger
    double shoulder_width = 0.25;  ///< as a share of the image's width
    double x = 0.5;                ///< of the middle of the shoulders, likewise
    double y = 0.4;
};

/// Writes the points of the skeleton to `out`, [75, 2]: x and y of points_of(PointSet::all) as shares of the
/// image's width.
///
/// Uses only additions, products, quotients and square roots, so that every machine computes the same bits.
void place(const Posture& posture, const Body& body, std::span<double> out);

}  // namespace sslslr
