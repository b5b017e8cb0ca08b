#include "src/augment/boundary_length.hpp"

#include <algorithm>
#include <regex>

#include "src/errors.hpp"

namespace sslslr {

BoundaryLength BoundaryLength::parse(const std::string& text, const std::string& what) {
    static const std::regex count{R"((\d{1,9}))"};
    static const std::regex percent{R"((\d{1,3})(?:\.(\d{1,6}))?%)"};
    static const std::regex fraction{R"((\d{1,9})/(\d{1,9}))"};

    std::smatch match;
    if (std::regex_match(text, match, count)) {
        return {.amount = std::stoll(match[1]), .whole = 0};
    }
    BoundaryLength share;
    if (std::regex_match(text, match, percent)) {
        const auto decimals = match[2].str();
        share = {.amount = std::stoll(match[1].str() + decimals),
                 .whole = std::stoll("100" + std::string(decimals.size(), '0'))};
    } else if (std::regex_match(text, match, fraction)) {
        share = {.amount = std::stoll(match[1]), .whole = std::stoll(match[2])};
    }
    if (share.whole == 0 || share.amount > share.whole) {
        throw ConfigError{
            what + " " + text +
            ": expected a number of frames such as 21, or a share of at most 1 such as 33% or 1/3"};
    }
    return share;
}

std::int64_t BoundaryLength::frames_of(std::int64_t length) const {
    const auto frames = whole == 0 ? amount : (2 * length * amount + whole) / (2 * whole);
    return std::min(frames, length);
}

}  // namespace sslslr
