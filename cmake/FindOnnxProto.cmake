# OnnxProto::OnnxProto: the classes of the ONNX format (onnx/onnx_pb.h), with Protocol Buffers, to whose target those of
# ONNX link without looking for it. Newer versions of ONNX have a namespace for their targets.

find_package(Protobuf QUIET)
if(TARGET protobuf::libprotobuf)
    find_package(ONNX CONFIG QUIET)
endif()
foreach(target onnx_proto ONNX::onnx_proto)
    if(TARGET ${target} AND TARGET protobuf::libprotobuf AND NOT TARGET OnnxProto::OnnxProto)
        add_library(OnnxProto::OnnxProto INTERFACE IMPORTED)
        target_link_libraries(OnnxProto::OnnxProto INTERFACE ${target})
    endif()
endforeach()
set(OnnxProto_FOUND FALSE)
if(TARGET OnnxProto::OnnxProto)
    set(OnnxProto_FOUND TRUE)
endif()
