#include "src/synthetic/skeleton.hpp"

#include <algorithm>
#include <cmath>

namespace sslslr {
namespace {

struct Point {
    double x;
    double y;
};

Point operator+(Point a, Point b) {
    return {a.x + b.x, a.y + b.y};
}
Point operator-(Point a, Point b) {
    return {a.x - b.x, a.y - b.y};
}
Point operator*(double scale, Point a) {
    return {scale * a.x, scale * a.y};
}

double length(Point a) {
    return std::sqrt(a.x * a.x + a.y * a.y);
}

Point direction(Point a) {
    constexpr double smallest = 1e-9;
    return (1 / std::max(length(a), smallest)) * a;
}

// Places of points in points_of(PointSet::all).
constexpr std::size_t left_shoulder = 11;
constexpr std::size_t first_of_arms = 13;  // elbows, wrists, little fingers, index fingers, thumbs
constexpr std::size_t left_hip = 23;
constexpr std::size_t left_hand = 33;
constexpr std::size_t hand_points = 21;

constexpr std::array<Point, 13> head_and_shoulders{{{0, -0.55},
                                                    {0.05, -0.63},
                                                    {0.09, -0.63},
                                                    {0.13, -0.63},
                                                    {-0.05, -0.63},
                                                    {-0.09, -0.63},
                                                    {-0.13, -0.63},
                                                    {0.2, -0.6},
                                                    {-0.2, -0.6},
                                                    {0.07, -0.45},
                                                    {-0.07, -0.45},
                                                    {0.5, 0},
                                                    {-0.5, 0}}};
constexpr std::array<Point, 10> hips_and_legs{{{0.3, 1.35},
                                               {-0.3, 1.35},
                                               {0.32, 2.2},
                                               {-0.32, 2.2},
                                               {0.32, 3.0},
                                               {-0.32, 3.0},
                                               {0.3, 3.1},
                                               {-0.3, 3.1},
                                               {0.38, 3.15},
                                               {-0.38, 3.15}}};

/// Directions of the fingers of a left hand that points along (1, 0), and their lengths from the wrist
/// relative to the middle finger.
constexpr std::array<Point, 5> fingers{{{0.64, -0.768}, {0.96, -0.28}, {1, 0}, {0.96, 0.28}, {0.8, 0.6}}};
constexpr std::array<double, 5> finger_lengths{0.7, 0.95, 1, 0.93, 0.8};

/// Returns the elbow of an arm from `shoulder` to `wrist`, the third corner of a triangle; moves the wrist
/// within reach.
Point elbow_of(Point shoulder, Point& wrist, double side, const Body& body) {
    constexpr double straightest = 0.98;
    constexpr double most_folded = 0.15;
    const auto towards = direction(wrist - shoulder);
    const double reach =
        std::clamp(length(wrist - shoulder), most_folded, straightest * (body.upper_arm + body.forearm));
    wrist = shoulder + reach * towards;
    const double along =
        (body.upper_arm * body.upper_arm - body.forearm * body.forearm + reach * reach) / (2 * reach);
    const double out = std::sqrt(std::max(0.0, body.upper_arm * body.upper_arm - along * along));
    return shoulder + along * towards + (side * out) * Point{towards.y, -towards.x};
}

/// Returns the 21 points of a hand: the wrist, then four for each finger from the palm to the tip.
std::array<Point, hand_points> hand_of(const Arm& arm, Point wrist, Point forearm, double side,
                                       const Body& body) {
    const auto along = direction(forearm + Point{side * arm.turn_x, arm.turn_y});
    const Point across{-side * along.y, side * along.x};
    std::array<Point, hand_points> points{wrist};
    for (std::size_t finger = 0; finger < fingers.size(); ++finger) {
        const auto outwards = fingers[finger].x * along + fingers[finger].y * across;
        const double straight = 1 - 0.8 * std::clamp(arm.curl[finger], 0.0, 1.0);
        constexpr double knuckle = 0.45;  // share of a finger's length from the wrist
        for (std::size_t joint = 0; joint < 4; ++joint) {
            const double share = knuckle + (1 - knuckle) * straight * static_cast<double>(joint) / 3;
            points[1 + 4 * finger + joint] = wrist + (body.hand * finger_lengths[finger] * share) * outwards;
        }
    }
    return points;
}

}  // namespace

void place(const Posture& posture, const Body& body, std::span<double> out) {
    const auto set = [&](std::size_t point, Point at) {
        out[2 * point] = body.x + body.shoulder_width * at.x;
        out[2 * point + 1] = body.y + body.shoulder_width * at.y;
    };
    for (std::size_t point = 0; point < head_and_shoulders.size(); ++point) {
        set(point, head_and_shoulders[point]);
    }
    for (std::size_t point = 0; point < hips_and_legs.size(); ++point) {
        set(left_hip + point, hips_and_legs[point]);
    }
    for (std::size_t right = 0; right < 2; ++right) {
        const Arm& arm = right == 0 ? posture.left : posture.right;
        const double side = right == 0 ? 1 : -1;
        Point wrist{side * arm.x, arm.y};
        const auto elbow = elbow_of(head_and_shoulders[left_shoulder + right], wrist, side, body);
        const auto hand = hand_of(arm, wrist, direction(wrist - elbow), side, body);
        constexpr std::size_t little_finger = 17;
        constexpr std::size_t index_finger = 5;
        constexpr std::size_t thumb = 3;
        std::size_t point = first_of_arms + right;
        for (const auto at : {elbow, wrist, hand[little_finger], hand[index_finger], hand[thumb]}) {
            set(point, at);
            point += 2;
        }
        for (std::size_t i = 0; i < hand_points; ++i) {
            set(left_hand + right * hand_points + i, hand[i]);
        }
    }
}

}  // namespace sslslr
