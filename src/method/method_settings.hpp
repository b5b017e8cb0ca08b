#pragma once

namespace sslslr {

struct MethodConfig;
class Options;

/// A section of options on the fields of MethodConfig, for one or several methods.
struct MethodSettings {
    const char* title;  ///< in --help
    void (*declare)(Options& options, MethodConfig& fields);
    void (*check)(const MethodConfig& config) = [](const MethodConfig&) {};  ///< @throws ConfigError
};

}  // namespace sslslr
