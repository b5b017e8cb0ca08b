#pragma once

#include <string>

namespace sslslr {

/// A figure that tables are made of.
struct Measure {
    enum class Source {
        labels,      ///< of a protocol's predictions: shares of the test clips
        embedding,   ///< of the features of test clips
        retrieval,   ///< of how they find training clips of their sign
        pretraining  ///< of the training itself
    };
    const char* name;
    Source source;
    const char* unit;
    double scale;  ///< to the unit
    int digits;    ///< after the point, in the unit
    int sign;      ///< 1 higher is better, -1 lower is better, 0 neither
    const char* of_clips =
        nullptr;  ///< where it is a share of test clips: what of a job's detail has a digit for each
};

/// @throws ConfigError  no such measure; names those there are
const Measure& measure_named(const std::string& name);

}  // namespace sslslr
