# syntax=docker/dockerfile:1
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY pom.xml ./
COPY .mvn .mvn
RUN mvn -B -ntp dependency:go-offline
COPY . .
RUN mvn -B -ntp -DskipTests package

FROM eclipse-temurin:17-jre
RUN groupadd --system --gid 10001 flashsale \
    && useradd --system --uid 10001 --gid flashsale --home-dir /data flashsale \
    && mkdir /data && chown flashsale:flashsale /data
COPY --from=build /src/target/flash-sale.jar /app/flash-sale.jar
USER flashsale
WORKDIR /data
ENV DATA_DIR=/data
EXPOSE 3000
# The management port stays on the loopback interface of the container, which is where this looks from.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=5 \
    CMD ["/bin/sh", "-c", "wget -q -O /dev/null http://127.0.0.1:9090/health/ready || curl -fs -o /dev/null http://127.0.0.1:9090/health/ready"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-jar", "/app/flash-sale.jar"]
